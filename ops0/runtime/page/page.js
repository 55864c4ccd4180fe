"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Light or dark: the system's choice until the button is used; kept where the browser keeps anything for files.
  const stored = (() => { try { return localStorage.getItem("ops0-theme"); } catch { return null; } })();
  if (stored === "light" || stored === "dark") root.dataset.theme = stored;
  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("ops0-theme", root.dataset.theme); } catch { /* not kept */ }
  });

  // A link to a call opens it, and shows it whatever the filter says.
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target || target.tagName !== "DETAILS") return;
    target.hidden = false;
    target.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  for (const link of all("a[href^='#call-']")) link.addEventListener("click", () => setTimeout(reveal));
  reveal();

  // What belongs together lights up: a call in graph and timeline, and the edges to and from it.
  const light = (call, on) => {
    for (const one of all(`[data-call="${call}"]`)) one.classList.toggle("lit", on);
    for (const edge of all(`[data-from="${call}"],[data-to="${call}"]`)) edge.classList.toggle("lit", on);
  };
  for (const one of all("[data-call]")) {
    one.addEventListener("mouseenter", () => light(one.dataset.call, true));
    one.addEventListener("mouseleave", () => light(one.dataset.call, false));
  }

  const filter = document.getElementById("filter");
  for (const box of all("[data-filter]")) box.addEventListener("click", () => {
    filter.value = box.dataset.filter;
    filter.dispatchEvent(new Event("input"));
  });
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const call of all("#calls > .call")) {
      call.hidden = !words.every((word) => call.dataset.words.includes(word));
      shown += call.hidden ? 0 : 1;
    }
    document.getElementById("none").hidden = shown > 0;
  });

  // Pointing at a curve tells the nearest sample.
  for (const plot of all(".plot")) {
    const svg = plot.querySelector("svg"), mark = plot.querySelector(".mark");
    const said = plot.parentElement.querySelector("figcaption span"), plain = said.textContent;
    const dots = all(".dot", svg), wide = svg.viewBox.baseVal.width;
    plot.addEventListener("mousemove", (event) => {
      const box = plot.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * wide;
      const away = (dot) => Math.abs(dot.cx.baseVal.value - x);
      const dot = dots.reduce((best, one) => (away(one) < away(best) ? one : best));
      said.textContent = dot.dataset.tip;
      mark.style.left = `${dot.cx.baseVal.value / wide * 100}%`;
      mark.style.display = "block";
    });
    plot.addEventListener("mouseleave", () => { said.textContent = plain; mark.style.display = "none"; });
  }
})();
