-- What Quarto adds on top of pandoc and these reports use: numbers of sections, figures and tables, references
-- to them, content for one format, callouts, alternative text. Anything else Quarto would do stops the run:
-- the problems go to stderr as JSON, each with the words by which its line is found.
-- «pandoc lua» runs it. The job comes as JSON in ASCII, which passes any locale: a text, and what to write. A text is
-- read once for all of its formats, because reading costs most.

local stringify = pandoc.utils.stringify
local format -- the one that is being written
local paper -- reports/_assets/paper.lua, which Quarto uses too
-- Quarto's own words in Russian, unless the project file has others.
local words = {
  ["fig-title"] = "Рисунок", ["tbl-title"] = "Таблица", ["title-delim"] = ":",
  ["fig-prefix"] = "Рисунок", ["tbl-prefix"] = "Таблица", ["sec-prefix"] = "Глава",
}
local callout_titles = {
  note = "Уведомление", tip = "Совет", important = "Важное уведомление",
  warning = "Предупреждение", caution = "Осторожность",
}
local problems = pandoc.List()

local function problem(words, message)
  problems:insert({ words = words, message = message })
end

-- Attributes are given as lists, because the order of a table's keys changes from run to run.
local function div(content, class, ...)
  return pandoc.Div(content, pandoc.Attr("", class and { class } or {}, { ... }))
end

local function for_this_format(element)
  if not element.classes:includes("content-visible") then return nil end
  local when, unless = element.attributes["when-format"], element.attributes["unless-format"]
  return (not when or when == format) and (not unless or unless ~= format) and element.content or {}
end

-- What is not supported ---------------------------------------------------------------------------------

local known_attributes = pandoc.List({ "when-format", "unless-format", "title", "fig-alt", "width" })
local unknown_classes = { "^panel%-", "^column", "^content%-hidden$", "^aside$", "^layout" }

local function refuse(element)
  local words = element.text or ({ Note = "[^", LineBlock = "|" })[element.tag]
  problem(words, "не поддерживается: " .. words)
end

local function check_attributes(element)
  for name in pairs(element.attributes) do
    if not known_attributes:includes(name) then
      problem(name .. "=", "не поддерживается атрибут «" .. name .. "»")
    end
  end
  for _, class in ipairs(element.classes) do
    for _, pattern in ipairs(unknown_classes) do
      if class:match(pattern) then problem("." .. class, "не поддерживается «." .. class .. "»") end
    end
  end
end

local supported = {
  RawBlock = refuse, RawInline = refuse, Math = refuse, Note = refuse, LineBlock = refuse, Image = check_attributes,
  Div = check_attributes, Span = check_attributes, Table = check_attributes, Figure = check_attributes,
  Header = check_attributes, Link = check_attributes, Code = check_attributes, CodeBlock = check_attributes,
}

-- Numbers and references --------------------------------------------------------------------------------

local function section_number(levels, level)
  levels[level] = (levels[level] or 0) + 1
  for deeper = level + 1, 6 do levels[deeper] = 0 end
  local parts = {}
  for upper = 1, level do parts[upper] = tostring(levels[upper] or 0) end
  return table.concat(parts, ".")
end

-- Numbers sections and captions; returns also what each identifier is and its number.
local function number(blocks, depth)
  local known, levels, counts = {}, {}, { fig = 0, tbl = 0 }
  local function know(element, entry)
    local id = element.identifier
    if id ~= "" and known[id] then problem("#" .. id, "метка «" .. id .. "» стоит дважды") end
    known[id] = entry or {}
  end
  local function float(kind)
    return function(element)
      local caption = element.caption.long[1]
      if not element.identifier:match("^" .. kind .. "%-") or not caption then return know(element) end
      counts[kind] = counts[kind] + 1
      know(element, { kind = kind, number = tostring(counts[kind]) })
      local title = words[kind .. "-title"] .. "\u{a0}" .. counts[kind] .. words["title-delim"]
      caption.content = pandoc.Inlines({ pandoc.Str(title), pandoc.Space() }) .. caption.content
      element.caption.long[1] = caption
      return element
    end
  end
  local function section(header)
    if header.level > depth or header.classes:includes("unnumbered") then return know(header) end
    local count = section_number(levels, header.level)
    know(header, header.identifier:match("^sec%-") and { kind = "sec", number = count })
    header.content:insert(1, pandoc.Span(pandoc.Str(count), { class = "header-section-number" }))
    header.content:insert(2, pandoc.Space())
    return header
  end
  local function target(element)
    if element.classes:includes("annex") then counts.fig, counts.tbl = 0, 0 end -- each annex counts anew
    know(element)
  end
  local numbering = { Figure = float("fig"), Table = float("tbl"), Header = section, Div = target, Span = target }
  numbering.traverse = "topdown"
  return blocks:walk(numbering), known
end

local function resolve(known)
  local function reference(cite)
    local citation = cite.citations[1]
    local entry = known[citation.id]
    if #cite.citations > 1 or #citation.suffix > 0 then
      problem("@" .. citation.id, "не поддерживается ссылка " .. stringify(cite.content))
    elseif not (entry and entry.number) then
      problem("@" .. citation.id, "ссылка ведёт в никуда: @" .. citation.id)
    else
      local prefix = #citation.prefix > 0 and stringify(citation.prefix) or words[entry.kind .. "-prefix"]
      local alone = citation.mode == "SuppressAuthor"
      return pandoc.Link(alone and entry.number or prefix .. "\u{a0}" .. entry.number, "#" .. citation.id)
    end
  end
  local function link(element)
    if element.target:match("^#") then
      if not known[element.target:sub(2)] then problem(element.target, "ссылка ведёт в никуда: " .. element.target) end
    elseif not element.target:match("^%a[%w+.-]*:") then
      element.target = element.target:gsub("%.qmd", ".html")
      return format == "html" and element or element.content -- a paper copy leads nowhere on this disk
    end
  end
  return { Cite = reference, Link = link }
end

-- The look of each format -------------------------------------------------------------------------------

local function callout(element)
  for _, class in ipairs(element.classes) do
    local kind = class:match("^callout%-(%a+)$")
    if kind then return kind, pandoc.Str(element.attributes.title or callout_titles[kind] or "") end
  end
end

-- A heading or caption is a link to itself: its address can be copied, and its name gets no further words.
local function with_address(inlines, id)
  local linked = false
  inlines:walk({ Link = function() linked = true end })
  return (id == "" or linked) and inlines or { pandoc.Link(inlines, "#" .. id, "", { class = "address" }) }
end

-- How many columns at the left, two at most, tell the rows of a table apart.
local function row_heads(element)
  local seen = {}
  for _, body in ipairs(element.bodies) do
    for _, row in ipairs(body.body) do
      local first = row.cells[1] and stringify(row.cells[1]) or ""
      if seen[first] and #element.colspecs > 2 then return 2 end
      seen[first] = true
    end
  end
  return 1
end

-- A table says once which columns stand in the middle or at the right: pandoc would write a style into every cell.
local function html_columns(element)
  for place, spec in ipairs(element.colspecs) do
    local letter = ({ AlignCenter = "c", AlignRight = "r" })[spec[1]]
    if letter then element.classes:insert(letter .. place) end
  end
  element.colspecs = element.colspecs:map(function(spec) return { "AlignDefault", spec[2] } end)
  for _, row in ipairs(element.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attributes.scope = "col" end
  end
  local heads = row_heads(element)
  for _, body in ipairs(element.bodies) do body.row_head_columns = heads end -- their scope follows in web.py
end

local function html_table(element)
  local caption, label = element.caption.long[1], { "aria-label", "Таблица" }
  if caption and element.identifier ~= "" then
    label = { "aria-labelledby", element.identifier .. "-caption" }
    caption.content = { pandoc.Span(with_address(caption.content, element.identifier), pandoc.Attr(label[2])) }
    element.caption.long[1] = caption
  end
  html_columns(element)
  return div(element, "table-region", { "role", "region" }, { "tabindex", "0" }, label)
end

-- A picture shrinks with the screen; opened alone it can be enlarged.
local function html_figure(element)
  local caption = element.caption.long[1]
  if caption then
    caption.content = with_address(caption.content, element.identifier)
    element.caption.long[1] = caption
  end
  return element:walk({ Plain = function(plain)
    if #plain.content == 1 and plain.content[1].t == "Image" then
      return pandoc.Plain({ pandoc.Link(plain.content, plain.content[1].src) })
    end
  end })
end

local function html_div(element)
  local kind, title = callout(element)
  if not kind then return nil end
  local content = pandoc.Blocks({ div(pandoc.Para(title), "callout-title") }) .. element.content
  return div(content, "callout callout-" .. kind, { "role", "note" })
end

local function docx_div(element)
  local kind, title = callout(element)
  if not kind then return paper.docx.Div(element) end
  local heading = div(pandoc.Para(title), nil, { "custom-style", "Callout Title" })
  return { heading, div(element.content, nil, { "custom-style", "Callout" }) }
end

local function typst_div(element)
  local kind, title = callout(element)
  if not kind then return paper.typst.Div(element) end
  local function raw(text) return pandoc.RawBlock("typst", text) end
  local heading = { raw("#remark["), pandoc.Plain(title), raw("][") }
  return pandoc.Blocks(heading) .. paper.kept_together(element.content) .. { raw("]") }
end

-- pandoc's own writer passes the alternative text of an image over.
local function typst_image(image)
  local function quoted(text) return '"' .. text:gsub('[\\"]', "\\%0") .. '"' end
  local alt, width = quoted(image.attributes["fig-alt"]), image.attributes.width
  local size = width and ", width: " .. width or ""
  return pandoc.RawInline("typst", "#image(" .. quoted(image.src) .. ", alt: " .. alt .. size .. ")")
end

local function image_with_alt(image)
  image.attributes.alt, image.attributes["fig-alt"] = image.attributes["fig-alt"], nil
  image.caption = { pandoc.Str(image.attributes.alt) } -- where Word looks for it
  return image
end

local function html_header(header)
  header.level = header.level + 1 -- below the title
  header.content = with_address(header.content, header.identifier)
  return header
end

-- An image without an ending takes that of the format.
local function picture(ending)
  return function(image)
    local name, ending_given = pandoc.path.split_extension(image.src)
    if ending_given == "" then image.src = name .. "." .. ending end
    if not image.attributes["fig-alt"] then problem(name, "у рисунка нет описания fig-alt") end
    local file = io.open(image.src, "rb")
    if file then file:close() else problem(name, "нет файла рисунка " .. image.src) end
    return image
  end
end

local function looks()
  return ({
    html = { Table = html_table, Figure = html_figure, Div = html_div, Image = image_with_alt, Header = html_header },
    docx = { Div = docx_div, Image = image_with_alt, Link = paper.docx.Link, Span = paper.docx.Span },
    typst = { Div = typst_div, Table = paper.typst.Table, Image = typst_image, Link = paper.typst.Link },
  })[format]
end

-- In one walk with the looks, because each walk costs.
local function found_and_looking(known, ending)
  local look, found, named = looks(), resolve(known), picture(ending)
  local image, link = look.Image, look.Link
  look.Cite = found.Cite
  look.Image = function(element)
    local seen = named(element)
    return element.attributes["fig-alt"] and image(seen) or seen
  end
  look.Link = function(element) return found.Link(element) or link and link(element) end
  return look
end

local function shaped(blocks, job, output)
  local seen = blocks:walk({ Div = for_this_format })
  local numbered, known = number(seen, job.number_depth)
  local looking = numbered:walk(found_and_looking(known, output.picture))
  if #problems > 0 then
    io.stderr:write(pandoc.json.encode(problems))
    os.exit(1)
  end
  return format == "typst" and paper.kept_together(looking) or looking
end

local function options(output)
  local given = {
    wrap_text = "none", highlight_method = "default", variables = output.variables,
    table_of_contents = output.contents > 0, toc_depth = output.contents, reference_doc = output.reference,
  }
  if output.template then given.template = pandoc.template.compile(output.template) end
  return pandoc.WriterOptions(given)
end

local job = pandoc.json.decode(io.read("a"), false)
paper = dofile(job.paper)
for key, word in pairs(job.crossref) do words[key] = word end
local document = pandoc.read(job.text, job.reader)
local blocks = document.blocks
blocks:walk(supported)
document.meta = job.metadata
for _, output in ipairs(job.outputs) do
  format = output.writer
  document.blocks = shaped(blocks, job, output)
  pandoc.system.write_file(output.target, pandoc.write(document, format, options(output)))
  print(format)  -- whoever waits for it may go on
  io.stdout:flush()
end
