/* SPDX-License-Identifier: MIT */
/* Words for what is typed into the field of the search: asked of /suggest when
 * somebody pauses, and offered by the browser's own list. Without this file the
 * field works as any other. */
"use strict";

(() => {
  const PAUSE_MS = 150;
  const field = document.querySelector("input[data-suggest]");
  if (!field) {
    return;
  }
  const list = document.createElement("datalist");
  let timer = 0;
  let asking = null;

  list.id = "suggestions";
  field.after(list);
  field.setAttribute("list", list.id);

  function offer(texts) {
    list.replaceChildren(
      ...texts.map((text) => {
        const option = document.createElement("option");
        option.value = text;
        return option;
      }),
    );
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    try {
      const url = `${field.dataset.suggest}?q=${encodeURIComponent(field.value)}`;
      const answer = await fetch(url, {
        headers: { Accept: "application/json" },
        signal: asking.signal,
      });
      offer(answer.ok ? (await answer.json()).suggestions : []);
    } catch {
      /* Typed on meanwhile, or no server: nothing is offered. */
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
})();
