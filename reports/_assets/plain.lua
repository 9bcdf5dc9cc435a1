-- For Quarto alone: what it would make of these sources otherwise than the built-in renderer does.
-- In Word a table or picture stands in no frame of its own, which would cut pictures, centre every cell and keep a table
-- from going on to the next page; pictures are described, remarks are paragraphs. Links that lead nowhere on paper are
-- words. On the screen a wide table scrolls by itself.

local paper = dofile(quarto.utils.resolve_path("paper.lua"))
local is_word, is_typst = FORMAT:match("docx") ~= nil, FORMAT:match("typst") ~= nil

local function styled(style, content)
  return pandoc.Div(content, pandoc.Attr("", {}, { ["custom-style"] = style }))
end

-- Quarto writes the style of a caption as raw Word markup inside the paragraph, of a table's caption too.
local function is_caption_style(inline)
  return inline.t == "RawInline" and inline.text:match('pStyle w:val="%a+Caption"') ~= nil
end

local function without_frame(element)
  local rows = element.bodies[1] and element.bodies[1].body or {}
  if #element.colspecs ~= 1 or #rows ~= 1 or #element.head.rows > 0 then return nil end
  local frame = pandoc.Div(rows[1].cells[1].contents)
  local style, found = "Image Caption", false
  frame:walk({ Table = function() style = "Table Caption" end })
  local function caption(paragraph)
    if not paragraph.content:find_if(is_caption_style) then return nil end
    found = true
    local words = paragraph.content:filter(function(inline) return not is_caption_style(inline) end)
    return styled(style, { pandoc.Para(words) })
  end
  local plain = frame:walk({ Para = caption, Plain = caption })
  return found and plain.content or nil
end

-- A remark is a table of raw markup, whose first paragraph is the title with a sign; its paragraphs are kept.
local function is_look(inline)
  return inline.t == "RawInline" and inline.text:match("^<w:pPr>") or
    inline.t == "Image" and inline.attributes["project-resolve-ignore"]
end

local function word_div(element)
  if not element.classes:includes("docx-callout") then return paper.docx.Div(element) end
  local said = pandoc.Blocks({})
  element:walk({ traverse = "topdown", Block = function(block)
    if block.t == "Div" then return nil end
    if block.t ~= "RawBlock" then
      said:insert(block:walk({ Inlines = function(inlines)
        local words = inlines:filter(function(inline) return not is_look(inline) end)
        while words[1] and words[1].t == "Space" do words:remove(1) end
        return words
      end }))
    end
    return nil, false
  end })
  return { styled("Callout Title", { said:remove(1) }), styled("Callout", said) }
end

-- Cells as small as in the other renderer.
local function with_small_cells(element)
  local paragraphs = { Plain = function(plain) return pandoc.Para(plain.content) end }
  local function style(rows)
    for _, row in ipairs(rows) do
      for _, cell in ipairs(row.cells) do
        if #cell.contents > 0 then cell.contents = { styled("Table Text", cell.contents:walk(paragraphs)) } end
      end
    end
  end
  style(element.head.rows)
  for _, body in ipairs(element.bodies) do style(body.body) end
  return element
end

local function with_description(image)
  local words = image.attributes["fig-alt"] or image.attributes.alt
  if words then image.caption = pandoc.Inlines({ pandoc.Str(words) }) end
  return image
end

-- A paper copy leads nowhere on the disk of its reader.
local function only_words(link)
  return not link.target:match("^#") and not link.target:match("^%a[%w+.-]*:") and link.content or nil
end

-- No dot after the number of a heading.
local function without_dot(header)
  if not (header.attributes.number and header.content[2] and header.content[2].text == ". ") then return nil end
  header.content[2] = pandoc.Space()
  return header
end

local function scrolling(element)
  return pandoc.Div({ element }, pandoc.Attr("", { "table-region" }, { tabindex = "0" }))
end

-- Quarto numbers the third level with letters, and divides the words of a title.
local function paper_document(document)
  local meta = document.meta
  if meta["section-numbering"] then meta["section-numbering"] = "1.1.1" end
  for name, look in pairs({ title = "", subtitle = ', weight: "regular"' }) do
    local opening = pandoc.Inlines({ pandoc.RawInline("typst", "#text(hyphenate: false" .. look .. ")[") })
    meta[name] = meta[name] and opening .. meta[name] .. { pandoc.RawInline("typst", "]") }
  end
  document.blocks = paper.kept_together(document.blocks)
  return document
end

if is_typst then
  return { paper.typst, { Link = only_words }, { Pandoc = paper_document } }
elseif is_word then
  local words = { Header = without_dot, Div = word_div, Link = paper.docx.Link, Span = paper.docx.Span }
  local tables = { Table = with_small_cells, Image = with_description, Link = only_words }
  return { words, { Table = without_frame }, tables }
end
return { { Table = scrolling } }
