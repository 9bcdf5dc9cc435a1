-- For Quarto alone: what it would make of these sources otherwise than the built-in renderer does.
-- Notes under tables and leads have their own style; in Word a table or picture stands in no frame of its own, which
-- would cut pictures, centre every cell and keep a table from going on to the next page; its pictures are described.

local styles = {
  lead = "Lead", ["table-note"] = "Table Note", annex = "Annex", annexes = "Annexes",
  ["page-picture"] = "Page Picture", ["new-page"] = "Page Picture", landscape = "Page Picture",
}
local only_paper = { whole = true }
local is_word, is_typst = FORMAT:match("docx") ~= nil, FORMAT:match("typst") ~= nil

local function styled(element)
  for class in pairs(only_paper) do
    if is_typst and element.classes:includes(class) then
      element.content:insert(1, pandoc.RawBlock("typst", "#" .. class .. "["))
      element.content:insert(pandoc.RawBlock("typst", "]"))
      return element
    end
  end
  for class, style in pairs(styles) do
    if element.classes:includes(class) then
      if is_typst then
        element.content:insert(1, pandoc.RawBlock("typst", "#" .. class .. "["))
        element.content:insert(pandoc.RawBlock("typst", "]"))
      elseif is_word then
        element.attributes["custom-style"] = style
      end
      return element
    end
  end
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
    return pandoc.Div({ pandoc.Para(words) }, pandoc.Attr("", {}, { ["custom-style"] = style }))
  end
  local plain = frame:walk({ Para = caption, Plain = caption })
  return found and plain.content or nil
end

-- Cells as small as in the other renderer.
local function with_small_cells(element)
  local paragraphs = { Plain = function(plain) return pandoc.Para(plain.content) end }
  local function style(rows)
    for _, row in ipairs(rows) do
      for _, cell in ipairs(row.cells) do
        if #cell.contents > 0 then
          cell.contents = { pandoc.Div(cell.contents:walk(paragraphs), pandoc.Attr("", {}, { ["custom-style"] = "Table Text" })) }
        end
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

-- A link of this class shows on which page its target stands.
local function page_number(link)
  if not link.classes:includes("page-number") then return nil end
  local target = link.target:sub(2)
  if is_typst then return pandoc.RawInline("typst", "#page-number(<" .. target .. ">)") end
  if is_word then
    return pandoc.RawInline("openxml", '<w:r><w:tab/></w:r><w:fldSimple w:instr="PAGEREF ' .. target .. ' \\h"/>')
  end
end

if not is_word then return { { Div = styled, Link = page_number } } end
return { { Div = styled, Link = page_number }, { Table = without_frame }, { Table = with_small_cells, Image = with_description } }
