-- What Quarto adds on top of pandoc and these reports use: numbers of sections, figures and tables, references
-- to them, content for one format, callouts, alternative text. Anything else Quarto would do stops the run:
-- the problems go to stderr as JSON, each with the words by which its line is found.

local stringify = pandoc.utils.stringify
local format = FORMAT:match("^html") and "html" or FORMAT
local nbsp = "\u{a0}"
local callout_titles = {
  note = "Уведомление", tip = "Совет", important = "Важное уведомление",
  warning = "Предупреждение", caution = "Осторожность",
}
local named_styles = { lead = "Lead", ["table-note"] = "Table Note" }
local attributes_of = {
  Div = { ["when-format"] = true, ["unless-format"] = true, title = true, ["custom-style"] = true },
  Image = { ["fig-alt"] = true, width = true },
}
local problems = pandoc.List()

local function problem(words, message)
  problems:insert({ words = words, message = message })
end

local function stop_on_problems()
  if #problems > 0 then
    io.stderr:write(pandoc.json.encode(problems))
    os.exit(1)
  end
end

-- Content for one format --------------------------------------------------------------------------------

local function for_this_format(div)
  if not div.classes:includes("content-visible") then return nil end
  local when, unless = div.attributes["when-format"], div.attributes["unless-format"]
  local shown = (not when or when == format) and (not unless or unless ~= format)
  return shown and div.content or {}
end

-- What is not supported ---------------------------------------------------------------------------------

local function refuse(words_of)
  return function(element)
    problem(words_of(element), "не поддерживается: " .. words_of(element))
  end
end

local function refuse_attributes(element)
  for name in pairs(element.attributes) do
    if not (attributes_of[element.tag] or {})[name] then
      problem(name .. "=", "не поддерживается атрибут «" .. name .. "»")
    end
  end
  for _, class in ipairs(element.classes) do
    if class:match("^panel%-") or class:match("^column") or class:match("^content%-hidden") or class == "aside" then
      problem("." .. class, "не поддерживается «." .. class .. "»")
    end
  end
end

local function text_of(element) return element.text end

local supported = {
  RawBlock = refuse(text_of), RawInline = refuse(text_of), Math = refuse(text_of),
  Note = refuse(function() return "[^" end), LineBlock = refuse(function() return "| " end),
  Div = refuse_attributes, Span = refuse_attributes, Table = refuse_attributes,
  Figure = refuse_attributes, Header = refuse_attributes, Link = refuse_attributes,
  Image = function(image)
    refuse_attributes(image)
    if not image.attributes["fig-alt"] then
      problem(image.src:gsub("%.%w+$", ""), "у рисунка нет описания fig-alt")
    end
    local file = io.open(image.src, "rb")
    if file then file:close() else problem(image.src:gsub("%.%w+$", ""), "нет файла рисунка " .. image.src) end
  end,
}

-- Numbers -----------------------------------------------------------------------------------------------

local function section_number(levels, level)
  levels[level] = (levels[level] or 0) + 1
  for deeper = level + 1, 6 do levels[deeper] = 0 end
  local parts = {}
  for upper = 1, level do parts[upper] = tostring(levels[upper] or 0) end
  return table.concat(parts, ".")
end

-- Returns what each identifier is and its number; sections are numbered in place.
local function number(blocks, settings)
  local known, levels, counts = {}, {}, { fig = 0, tbl = 0 }
  local function know(element, entry)
    local id = element.identifier
    if id == "" then return end
    if known[id] then problem("#" .. id, "метка «" .. id .. "» стоит дважды") end
    known[id] = entry or {}
  end
  local function float(kind)
    return function(element)
      local numbered = element.identifier:match("^" .. kind .. "%-")
      if numbered then counts[kind] = counts[kind] + 1 end
      know(element, numbered and { kind = kind, number = tostring(counts[kind]) })
    end
  end
  blocks = blocks:walk({
    traverse = "topdown",
    Figure = float("fig"), Table = float("tbl"), Div = function(e) know(e) end, Span = function(e) know(e) end,
    Header = function(header)
      if not settings.number or header.classes:includes("unnumbered") then return know(header) end
      local count = section_number(levels, header.level)
      know(header, header.identifier:match("^sec%-") and { kind = "sec", number = count })
      header.content:insert(1, pandoc.Span(pandoc.Str(count), { class = "header-section-number" }))
      header.content:insert(2, pandoc.Space())
      return header
    end,
  })
  return blocks, known
end

-- References and links ----------------------------------------------------------------------------------

local function resolve(known, settings)
  local function reference(cite)
    local citation = cite.citations[1]
    local entry = known[citation.id]
    if #cite.citations > 1 or #citation.suffix > 0 then
      return problem("@" .. citation.id, "не поддерживается ссылка " .. stringify(cite.content))
    end
    if not (entry and entry.number) then
      return problem("@" .. citation.id, "ссылка ведёт в никуда: @" .. citation.id)
    end
    local prefix = #citation.prefix > 0 and stringify(citation.prefix) or settings.prefixes[entry.kind]
    local text = citation.mode == "SuppressAuthor" and entry.number or prefix .. nbsp .. entry.number
    return pandoc.Link(text, "#" .. citation.id)
  end
  local function link(element)
    local target = element.target
    if target:match("^#") then
      if not known[target:sub(2)] then problem(target, "ссылка ведёт в никуда: " .. target) end
    elseif not target:match("^%a[%w+.-]*:") then
      element.target = target:gsub("%.qmd", ".html")
      -- A paper copy leads nowhere on this disk.
      return format == "html" and element or element.content
    end
  end
  return { Cite = reference, Link = link }
end

-- The look of each format -------------------------------------------------------------------------------

local function captioned(known, settings)
  return function(element)
    local entry = known[element.identifier] or {}
    local caption = element.caption.long[1]
    if not entry.number or not caption then return nil end
    local title = settings.titles[entry.kind] .. nbsp .. entry.number .. settings.delimiter
    caption.content = pandoc.Inlines({ pandoc.Str(title), pandoc.Space() }) .. caption.content
    element.caption.long[1] = caption
    return element
  end
end

local function callout(div)
  local kind
  for _, class in ipairs(div.classes) do kind = kind or class:match("^callout%-(%a+)$") end
  if not kind then return nil end
  return kind, pandoc.Str(div.attributes.title or callout_titles[kind] or "")
end

-- Attributes are lists, because the order of a table's keys changes from run to run.
local function html_table(element)
  local caption, label = element.caption.long[1], { "aria-label", "Таблица" }
  if caption and element.identifier ~= "" then
    label = { "aria-labelledby", element.identifier .. "-caption" }
    caption.content = { pandoc.Span(caption.content, pandoc.Attr(label[2])) }
    element.caption.long[1] = caption
  end
  for _, row in ipairs(element.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attributes.scope = "col" end
  end
  return pandoc.Div(element, pandoc.Attr("", { "table-region" }, { { "role", "region" }, { "tabindex", "0" }, label }))
end

local function html_callout(div)
  local kind, title = callout(div)
  if not kind then return nil end
  local heading = pandoc.Div(pandoc.Para(title), pandoc.Attr("", { "callout-title" }))
  local attributes = pandoc.Attr(div.identifier, { "callout", "callout-" .. kind }, { { "role", "note" } })
  return pandoc.Div(pandoc.Blocks({ heading }) .. div.content, attributes)
end

local function docx_table(element)
  local text = { Plain = function(plain) return pandoc.Para(plain.content) end }
  local function mark(rows)
    for _, row in ipairs(rows) do
      for _, cell in ipairs(row.cells) do
        local style = pandoc.Attr("", {}, { { "custom-style", "Table Text" } })
        cell.contents = { pandoc.Div(cell.contents:walk(text), style) }
      end
    end
  end
  mark(element.head.rows)
  for _, body in ipairs(element.bodies) do mark(body.body) end
  return element
end

local function docx_div(div)
  local kind, title = callout(div)
  if kind then
    local heading = pandoc.Div(pandoc.Para(title), { ["custom-style"] = "Callout Title" })
    return { heading, pandoc.Div(div.content, { ["custom-style"] = "Callout" }) }
  end
  for _, class in ipairs(div.classes) do div.attributes["custom-style"] = named_styles[class] end
  return div
end

local function typst_string(text)
  return '"' .. text:gsub("[\\\"]", "\\%0"):gsub("\n", " ") .. '"'
end

local function typst(text) return pandoc.RawBlock("typst", text) end

local function typst_div(div)
  local kind, title = callout(div)
  if kind then
    return pandoc.Blocks({ typst("#remark["), pandoc.Plain(title), typst("][") }) .. div.content .. { typst("]") }
  end
  for _, class in ipairs(div.classes) do
    if named_styles[class] then
      return pandoc.Blocks({ typst("#" .. class .. "[") }) .. div.content .. { typst("]") }
    end
  end
end

-- pandoc's own writer passes the alternative text of an image over.
local function typst_image(image)
  local file, alt = typst_string(image.src), typst_string(image.attributes["fig-alt"])
  return pandoc.RawInline("typst", "#image(" .. file .. ", alt: " .. alt .. ")")
end

local function image_with_alt(image)
  image.attributes.alt, image.attributes["fig-alt"] = image.attributes["fig-alt"], nil
  image.caption = { pandoc.Str(image.attributes.alt) } -- where Word looks for it
  return image
end

local looks = {
  html = {
    Table = html_table, Div = html_callout, Image = image_with_alt,
    Header = function(header) header.level = header.level + 1; return header end, -- the title is the first
  },
  docx = { Table = docx_table, Div = docx_div, Image = image_with_alt },
  typst = { Div = typst_div, Image = typst_image },
}

function Pandoc(document)
  local settings = pandoc.json.decode(stringify(document.meta.settings), false)
  document.meta.settings = nil
  local known
  local blocks = document.blocks:walk({ Div = for_this_format })
  blocks:walk(supported)
  blocks, known = number(blocks, settings)
  local caption = captioned(known, settings)
  blocks = blocks:walk(resolve(known, settings)):walk({ Figure = caption, Table = caption })
  stop_on_problems()
  document.blocks = blocks:walk(looks[format])
  return document
end
