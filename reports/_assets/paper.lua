-- What PDF and Word need beyond pandoc, alike for Quarto (plain.lua) and for the built-in renderer.
local paper = {}

-- Classes that people see as styles in Word, and that are functions of the same name in paper.typ.
local styles = {
  lead = "Lead", ["table-note"] = "Table Note", annex = "Annex", annexes = "Annexes",
  ["page-picture"] = "Page Picture", ["new-page"] = "Page Picture", landscape = "Page Picture",
}

local function typst(text) return pandoc.RawBlock("typst", text) end

-- A section of a Word file ends with a paragraph that holds how its pages lie; word_pages adds the rest.
local function section_end(way)
  local words = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/><w:sectPr>' ..
    '<w:pgSz w:orient="' .. way .. '"/></w:sectPr></w:pPr></w:p>'
  return pandoc.RawBlock("openxml", words)
end

local function word_div(element)
  if element.classes:includes("landscape") then
    return pandoc.Blocks({ section_end("portrait") }) .. element.content .. { section_end("landscape") }
  end
  for _, class in ipairs(element.classes) do
    if styles[class] then element.attributes["custom-style"] = styles[class] end
  end
  return element
end

-- One paragraph between a heading and a table or picture goes with them to the next page; a heading ends none, nor does
-- a paragraph in bold letters, as people write headings.
function paper.kept_together(blocks)
  local shows = { Table = true, Figure = true, Div = true }
  local kept = pandoc.Blocks({})
  for place, block in ipairs(blocks) do
    local before, after = blocks[place - 1], blocks[place + 1]
    local introduces = before and before.t == "Header" and after and shows[after.t]
    local bold = block.t == "Para" and #block.content == 1 and block.content[1].t == "Strong"
    local leads = block.t == "Para" and (introduces or bold)
    if leads then kept:insert(typst("#block(sticky: true)[")) end
    kept:insert(block)
    if leads then kept:insert(typst("]")) end
  end
  return kept
end

local function typst_div(element)
  element.content = paper.kept_together(element.content)
  for _, class in ipairs(element.classes) do
    if styles[class] or class == "whole" then
      return pandoc.Blocks({ typst("#" .. class .. "[") }) .. element.content .. { typst("]") }
    end
  end
  return element
end

-- A row goes to the next page as a whole, unless it is as tall as half a page: its end would be lost below the foot.
local letters_in_line, lines_of_half_page = 90, 25
local function divided_if_tall(row, columns)
  local tall = false
  for place, cell in ipairs(row.cells) do
    local letters, width = utf8.len(pandoc.utils.stringify(cell)), columns[place] and columns[place][2]
    tall = tall or letters > lines_of_half_page * letters_in_line * (width or 1 / #columns)
  end
  for _, cell in ipairs(tall and row.cells or {}) do cell.attributes["typst:breakable"] = "true" end
  return tall
end

-- The last two rows stay together as the foot, which Typst does not divide: one row alone on a page is a riddle.
local function typst_table(element)
  local rows = element.bodies[1] and element.bodies[#element.bodies].body or {}
  local tall = {}
  for place, row in ipairs(rows) do tall[place] = divided_if_tall(row, element.colspecs) end
  if #rows < 4 or #element.foot.rows > 0 or tall[#rows] or tall[#rows - 1] then return element end
  local last = table.remove(rows)
  element.foot.rows = { table.remove(rows), last }
  return element
end

-- A link of this class shows on which page its target stands.
local function page_number(words)
  return function(link)
    if link.classes:includes("page-number") then return words(link.target:sub(2)) end
  end
end

local function typst_number(target) return pandoc.RawInline("typst", "#page-number(<" .. target .. ">)") end

local function word_number(target)
  return pandoc.RawInline("openxml", '<w:r><w:tab/></w:r><w:fldSimple w:instr="PAGEREF ' .. target .. ' \\h"/>')
end

-- In Word what only a bookmark of a PDF shows is left out.
local function no_bookmark(span)
  return span.classes:includes("bookmark") and {} or nil
end

paper.typst = { Div = typst_div, Table = typst_table, Link = page_number(typst_number) }
paper.docx = { Div = word_div, Link = page_number(word_number), Span = no_bookmark }

return paper
