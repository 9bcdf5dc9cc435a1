// What a page can do beyond being read. Without this script the page is whole, and it asks no other host.
(() => {
  "use strict";
  const own = document.currentScript;
  const make = (tag, attributes, ...content) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...content);
    return element;
  };
  const plain = (text) => text.replace(/\s+/g, " ").trim();
  const folded = (text) => plain(text).toLowerCase().replace(/ё/g, "е");

  // The side list: folded on a narrow screen; on a wide one it shows where the reader is -----------------------
  const contents = document.querySelector(".contents");
  const target = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));

  function followReader() {
    const narrow = matchMedia("(max-width: 64rem)");
    const settle = () => { contents.open = !narrow.matches; };
    const links = [...contents.querySelectorAll("a")].filter(target);
    let here = null;
    const follow = () => {
      const passed = links.filter((link) => target(link).getBoundingClientRect().top < innerHeight / 3);
      const now = passed.pop() || links[0];
      if (now === here || !now) return;
      here = now;
      for (const link of links) link.removeAttribute("aria-current");
      for (const item of contents.querySelectorAll("li")) item.classList.toggle("here", item.contains(now));
      now.setAttribute("aria-current", "true");
      const side = contents.closest(".side");
      const [box, line] = [side.getBoundingClientRect(), now.getBoundingClientRect()];
      if (line.top < box.top || line.bottom > box.bottom) side.scrollTop += line.top - box.top - box.height / 3;
    };
    contents.classList.add("follows");
    narrow.addEventListener("change", settle);
    settle();
    let waiting = false;
    addEventListener("scroll", () => {
      if (!waiting) requestAnimationFrame(() => { waiting = false; follow(); });
      waiting = true;
    }, { passive: true });
    follow();
  }

  // Tables ------------------------------------------------------------------------------------------------------
  const LONG = 10;
  const NUMBER = /^(?:(?:не |)(?:менее|более) |до |[≥≤<>±] ?)?([−-]?)(\d{1,3}(?: \d{3})+|\d+)(?:,(\d+))?(?![\d.])/i;
  const DATE = /^(\d\d)\.(\d\d)\.(\d{4})/;
  const MONTH = /^(янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)/i;
  const MONTHS = "янв фев мар апр май июн июл авг сен окт ноя дек".split(" ");

  // What a cell is sorted by: a number, or nothing if it says none.
  function numberIn(text) {
    const date = DATE.exec(text), number = NUMBER.exec(text), month = MONTH.exec(text);
    if (date) return `${date[3]}${date[2]}${date[1]}`;
    if (number) return `${number[1] && "-"}${number[2].replace(/ /g, "")}.${number[3] || 0}`;
    return month ? String(MONTHS.indexOf(month[1].toLowerCase().replace("мая", "май"))) : "";
  }

  // A letter in front keeps it a text, zeros put 4.10 behind 4.2.
  const textKey = (text) => (/^[—–-]?$/.test(text) ? "" : `т${folded(text).replace(/\d+/g, (run) => run.padStart(9, "0"))}`);

  // Writes into each cell what its column is sorted by: numbers, if two filled cells in three hold one.
  function writeKeys(table, rows) {
    for (let place = 0; place < table.tHead.rows[0].cells.length; place += 1) {
      const cells = rows.map((row) => row.cells[place]).filter(Boolean);
      const texts = cells.map((cell) => plain(cell.textContent));
      const numbers = texts.map(numberIn);
      const filled = texts.filter((text) => textKey(text)).length;
      const numeric = numbers.filter(Boolean).length * 3 >= filled * 2;
      cells.forEach((cell, row) => { cell.dataset.sort = numeric ? numbers[row] : textKey(texts[row]); });
    }
  }

  function makeSortable(table, rows) {
    writeKeys(table, rows);
    table.classList.add("sortable", "n-last", "asc");
    [...table.tHead.rows[0].cells].forEach((head, place) => {
      const said = plain(head.textContent) && rows.some((row) => row.cells[place] && row.cells[place].dataset.sort);
      if (said) head.append(make("button", { type: "button" }, ...head.childNodes)); else head.classList.add("no-sort");
    });
  }

  function makeFilter(region, table, rows) {
    const texts = rows.map((row) => folded(row.textContent));
    const count = make("span", { className: "count" });
    count.setAttribute("role", "status");
    const field = make("input", { type: "search", autocomplete: "off" });
    field.addEventListener("input", () => {
      const words = folded(field.value).split(" ");
      rows.forEach((row, place) => { row.hidden = !words.every((word) => texts[place].includes(word)); });
      const shown = rows.filter((row) => !row.hidden).length;
      count.textContent = plain(field.value) ? `Показано строк: ${shown} из ${rows.length}` : "";
    });
    const label = make("label", {}, "Отобрать строки ", field);
    region.before(make("div", { className: "table-tools" }, label, count));
  }

  // A table that fits needs no place in the order of the keyboard, one that does not says so.
  function showScrolling(region, table) {
    const hint = make("p", { className: "scroll-hint", hidden: true }, "Таблица шире экрана, её можно прокрутить вбок.");
    region.before(hint);
    new ResizeObserver(() => {
      const scrolls = region.scrollWidth > region.clientWidth + 1;
      hint.hidden = !scrolls;
      if (scrolls) region.tabIndex = 0; else region.removeAttribute("tabindex");
    }).observe(table);
  }

  function prepareTable(region) {
    const table = region.querySelector("table");
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    const whole = rows.every((row) => plain(row.cells[0].textContent)); // no row goes on with the one above it
    if (table.tHead && rows.length > LONG && whole) {
      makeFilter(region, table, rows);
      if (!region.closest(".fixed-order")) makeSortable(table, rows); // cities are not ranked
    }
    showScrolling(region, table);
  }

  // Search ------------------------------------------------------------------------------------------------------
  const WORD = /№ ?\d+(?:[.,/]\d+)*|\d+(?:[.,/]\d+)*|[a-zа-яё]+/gi;
  // Nouns that Snowball takes for verbs or for forms of another word, and vowels that come and go («отметок», «отметка»).
  const NOUN = /^(аудит|визит|дефицит|журнал|интервал|квартал|кредит|лимит|орган|правил|режим|экзамен)(?:[аеиоуы]|[ао]м|ами|ах|ов)?$/;
  const OF_EI = /^(лиц|муз)е(?:й|я|ю|ем|е|и|ев|ям|ями|ях)$/;
  const FLEETING = /([^аеиоуыэюяй])[ео]([кнц])$/;
  const words = (text) => plain(text).match(WORD) || [];
  // «№ 12» is found as 12 too, and «3.1/2» as 3.1.
  const wordsAndParts = (text) => words(text).flatMap((word) => [...new Set([word, word.replace(/^№ ?/, ""), word.replace(/\/.*/, "")])]);
  const FIRST = 20;
  let library = null;

  function stem(word) {
    const lower = folded(word).replace("№ ", "№");
    const noun = NOUN.exec(lower) || OF_EI.exec(lower);
    return noun ? noun[1] : library.stemmer.stemWord(lower).replace(FLEETING, "$1$2");
  }

  const load = (src) => new Promise((resolve, reject) => {
    document.head.append(make("script", { src, onload: resolve, onerror: reject }));
  });

  // The places of the pages: address, page, chapter, heading, texts.
  let kept = null;
  async function readPlaces() {
    await Promise.all(own.dataset.search.split(" ").map((name) => load(name)));
    // Scripts come in any order; years stand in theirs.
    const byScript = [...window.searchData].sort(([one], [two]) => (one < two ? -1 : 1));
    return byScript.flatMap(([script, pages]) => pages.flatMap(([name, title, places]) => {
      let chapter = "";
      return places.map(([id, level, heading, texts]) => {
        if (level === 2) chapter = heading;
        const address = new URL(id ? `${name}#${id}` : name, script).href;
        return { address, id, title, chapter: level === 2 ? "" : chapter, heading, texts };
      });
    }));
  }
  const places = () => (kept = kept || readPlaces());

  async function openLibrary() {
    const [found] = await Promise.all([places(), load(own.src.replace("site.js", "minisearch.js")),
      load(own.src.replace("site.js", "russian-stemmer.js"))]);
    library = { stemmer: new RussianStemmer() };
    library.pieces = found.flatMap((place) => [place.heading, ...place.texts].map((text) => ({ place, text })));
    library.index = new MiniSearch({
      fields: ["text", "above"], tokenize: wordsAndParts, processTerm: stem,
      searchOptions: { tokenize: words, combineWith: "AND" },
    });
    library.index.addAll(library.pieces.map(({ place, text }, id) => {
      return { id, text, above: text === place.heading ? place.chapter : `${place.chapter} ${place.heading}` };
    }));
  }
  let opening = null;
  const ready = () => (opening = opening || openLibrary());

  // The pieces with all the words in any form; if there are none, those that have some of them in the headings above;
  // if there are none either, those with words that begin so.
  const WAYS = [{ fields: ["text"] }, {}, { prefix: (term) => term.length > 2 }];
  function search(query) {
    let found = [];
    for (const way of WAYS) found = found.length ? found : library.index.search(query, way);
    return found.map((one) => ({ ...library.pieces[one.id], terms: new Set(one.terms) }));
  }

  function excerpt(text, terms) {
    const hits = [...text.matchAll(WORD)].filter(([word]) => wordsAndParts(word).some((part) => terms.has(stem(part))));
    const start = hits.length && hits[0].index > 90 ? text.indexOf(" ", hits[0].index - 70) : 0;
    const end = text.length - start > 240 ? text.lastIndexOf(" ", start + 230) : text.length;
    const parts = [start ? "…" : ""];
    let at = start;
    for (const hit of hits.filter((one) => one.index + one[0].length <= end)) {
      parts.push(text.slice(at, hit.index), make("mark", {}, hit[0]));
      at = hit.index + hit[0].length;
    }
    return [...parts, text.slice(at, end), end < text.length ? " …" : ""];
  }

  function result({ place, text, terms }) {
    const link = make("a", { href: place.address }, place.heading);
    const where = [place.title, place.chapter].filter(Boolean).join(" › ");
    const lines = [link, make("div", { className: "where" }, where)];
    if (text !== place.heading) lines.push(make("div", {}, ...excerpt(text, terms)));
    return make("li", {}, ...lines);
  }

  // One piece a place, the best.
  function show(query, status, list) {
    const found = words(query).length ? search(query) : [];
    const best = [...new Map(found.map((one) => [one.place, one]).reverse()).values()].reverse();
    const more = best.length > FIRST ? `; показаны первые ${FIRST}, уточните запрос` : "";
    status.textContent = best.length ? `Найдено мест: ${best.length}${more}` : "Ничего не найдено";
    list.replaceChildren(...best.slice(0, FIRST).map(result));
  }

  function prepareSearch(form) {
    const field = form.querySelector("input"), panel = document.querySelector(".found");
    const [status, list] = panel.children;
    const close = () => { status.textContent = ""; list.replaceChildren(); };
    const refuse = () => { status.textContent = "Поиск не открылся: рядом со страницей нет его файлов."; };
    const update = () => ready().then(() => (plain(field.value) ? show(field.value, status, list) : close()), refuse);
    field.addEventListener("focus", () => ready().catch(refuse));
    field.addEventListener("input", update);
    form.addEventListener("submit", (event) => { event.preventDefault(); update(); });
    panel.addEventListener("click", (event) => { if (event.target.closest("a")) close(); });
    for (const part of [form, panel]) {
      part.addEventListener("keydown", (event) => {
        if (event.key === "Escape") { field.value = ""; close(); field.focus(); }
      });
    }
    form.hidden = false;
  }

  // An address whose place stands on another page of the edition today -------------------------------------------
  async function followMoved() {
    const id = decodeURIComponent(location.hash.slice(1));
    if (!id || document.getElementById(id)) return;
    const moved = (await places().catch(() => [])).find((place) => place.id === id);
    const link = moved && make("a", { href: moved.address }, moved.heading);
    const words = link ? ["Это место теперь на другой странице: ", link] : [`Места с адресом «#${id}» в этом издании нет.`];
    const notice = document.querySelector(".moved");
    notice.replaceChildren(...words);
    notice.hidden = false;
    if (moved) location.replace(moved.address);
  }

  if (contents) followReader();
  document.querySelectorAll(".table-region").forEach(prepareTable);
  prepareSearch(document.querySelector(".search"));
  addEventListener("hashchange", followMoved);
  followMoved();
  window.siteSearch = async (query) => { await ready(); return search(query).map((one) => one.text); };
})();
