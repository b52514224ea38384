(() => {
  const table = document.getElementById("slos");
  const body = table.tBodies[0];
  const rows = [...body.rows];

  // Sorting: a button in each head; the first order is the page's own.
  const value = (row, index) => {
    const cell = row.cells[index];
    const text = cell.dataset.v ?? cell.textContent.trim();
    const number = parseFloat(text.replaceAll(",", ""));
    return Number.isNaN(number) ? text : number;
  };
  const compare = (a, b) =>
    typeof a === typeof b ? (typeof a === "number" ? a - b : a.localeCompare(b)) : typeof a === "number" ? 1 : -1;
  [...table.tHead.rows[0].cells].forEach((head, index, heads) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const keyed = rows.map((row) => [value(row, index), row]).sort((a, b) => (up ? 1 : -1) * compare(a[0], b[0]));
      body.append(...keyed.map((one) => one[1]));
    });
  });

  const form = document.getElementById("filter");
  const [find, team, standing, shown] = ["find", "team", "standing", "shown"].map((id) => document.getElementById(id));
  const texts = rows.map((row) => row.cells[0].textContent.toLowerCase());
  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/);
    let count = 0;
    rows.forEach((row, index) => {
      row.hidden =
        !words.every((word) => texts[index].includes(word)) ||
        (team.value && row.dataset.team !== team.value) ||
        (standing.value && row.dataset.standing !== standing.value);
      count += !row.hidden;
    });
    shown.textContent = `${count} of ${rows.length}`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();

  // Charts are drawn when they are looked at; on paper the still ones stay.
  const told = document.getElementById("data");
  if (!told || !window.vegaEmbed) return;
  const { charts, rows: figures } = JSON.parse(told.textContent);
  const datasets = (one) => {
    const times = charts.times[one.step] ?? [];
    const left = (name) => (one[name] ?? []).map((v, i) => ({ t: times[i], v, k: name }));
    return { months: one.months, incidents: one.incidents ?? [], left: [...left("adjusted"), ...left("raw")] };
  };
  const draw = async (figure) => {
    const live = document.createElement("div");
    live.className = "live";
    figure.append(live);
    const { kind, row } = figure.dataset;
    figure.classList.add("drawn");
    try {
      const chart = { ...charts[kind], datasets: { ...charts[kind].datasets, ...datasets(figures[row]) } };
      await vegaEmbed(live, chart, { actions: false, renderer: "svg" });
    } catch (error) {
      figure.classList.remove("drawn");
      live.remove();
      throw error;
    }
  };
  const seen = new IntersectionObserver(
    (entries) =>
      entries.forEach((entry) => {
        if (!entry.isIntersecting) return;
        seen.unobserve(entry.target);
        draw(entry.target);
      }),
    { rootMargin: "300px" },
  );
  document.querySelectorAll("figure[data-kind]").forEach((figure) => seen.observe(figure));
})();
