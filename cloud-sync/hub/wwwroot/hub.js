// What the page does better with a script. Without one it works as well: by loading again.
"use strict";
(() => {
    const say = (element, text) => { if (element.textContent !== text) element.textContent = text; };

    // Times in the reader's own zone, to be seen by pointing at them.
    const localTimes = (root) => {
        for (const time of root.querySelectorAll("time[datetime]:not([title])")) {
            const at = new Date(time.dateTime);
            if (!Number.isNaN(at.valueOf())) time.title = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
        }
    };

    const pauseButton = (before, words, change) => {
        const button = document.createElement("button");
        button.type = "button";
        let paused = false;
        const show = () => {
            button.textContent = paused ? "Go on" : "Pause";
            button.setAttribute("aria-label", (paused ? "Go on with " : "Pause ") + words);
        };
        button.addEventListener("click", () => { paused = !paused; show(); change(paused); });
        show();
        before.before(button);
        return () => paused;
    };

    // A part of the page that is fetched again every few seconds: data-refresh="seconds", data-src="address" where it is another than this one.
    const busy = (part) =>
        (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, button, summary, a")) ||
        part.querySelector("details[open]") !== null || String(getSelection()) !== "" || document.hidden;
    const refresh = async (part) => {
        if (busy(part)) return;
        const answer = await fetch(part.dataset.src || location.href, { headers: { Accept: "text/html" } });
        if (answer.redirected && new URL(answer.url).pathname === "/signin") { location.reload(); return; }
        if (answer.status >= 502) throw new Error(answer.statusText); // a proxy that does not reach it
        if (!answer.ok) return;
        const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
        if (!found || busy(part)) return;
        if (found.innerHTML !== part.dataset.was) {
            part.dataset.was = found.innerHTML;
            part.replaceChildren(...document.importNode(found, true).childNodes);
            localTimes(part);
        }
        part.dataset.refresh = found.dataset.refresh || "";
    };
    let away = null;
    const tellAway = (isAway) => {
        if (isAway && !away) {
            away = document.createElement("p");
            away.className = "fault";
            away.setAttribute("role", "alert");
            away.textContent = "No connection to the hub since " + new Date().toLocaleTimeString() + ": what stands here is from before.";
            document.querySelector("main").prepend(away);
        } else if (!isAway && away) {
            away.remove();
            away = null;
        }
    };
    for (const part of document.querySelectorAll("[data-refresh][id]")) {
        if (!part.dataset.refresh) continue;
        const head = document.querySelector(".page-head h1");
        const isPaused = head && part.matches("#wall, #dashboard, #devices") ? pauseButton(head.nextSibling || head, "refreshing", () => {}) : () => false;
        const turn = async () => {
            const seconds = Number(part.dataset.refresh);
            if (!seconds) return;
            if (!isPaused()) { try { await refresh(part); tellAway(false); } catch { tellAway(true); } }
            setTimeout(turn, seconds * 1000);
        };
        setTimeout(turn, Number(part.dataset.refresh) * 1000);
    }

    // New events: data-stream="address" on the element that says how it stands, data-into="id of the rows", data-max="rows".
    for (const state of document.querySelectorAll("[data-stream]")) {
        const rows = document.getElementById(state.dataset.into);
        if (!rows || !window.EventSource) continue;
        const told = document.createElement("p");
        told.className = "unseen";
        told.setAttribute("aria-live", "polite");
        state.after(told);
        const held = [];
        let counted = 0, timer = 0;
        const tell = () => { timer = 0; say(told, counted + " new events"); counted = 0; };
        const add = (html) => {
            const template = document.createElement("template");
            template.innerHTML = html;
            const row = template.content.firstElementChild;
            if (!row || rows.querySelector('[data-id="' + CSS.escape(row.dataset.id) + '"]')) return;
            row.classList.add("row-new");
            localTimes(row);
            rows.prepend(row);
            while (rows.childElementCount > Number(state.dataset.max)) rows.lastElementChild.remove();
            document.querySelector(".empty")?.remove();
            counted++;
            if (!timer) timer = setTimeout(tell, 3000);
        };
        let paused = false;
        const show = () => say(state, paused ? "Paused: " + held.length + " new events wait." : "Live.");
        const source = new EventSource(state.dataset.stream);
        source.addEventListener("open", show);
        source.addEventListener("error", () => say(state, "No connection to the hub; trying again."));
        source.addEventListener("row", (event) => {
            if (!paused) { add(event.data); return; }
            held.push(event.data);
            while (held.length > Number(state.dataset.max)) held.shift();
            show();
        });
        pauseButton(state, "new events", (now) => { paused = now; if (!paused) held.splice(0).forEach(add); show(); });
        addEventListener("pagehide", () => source.close());
    }

    // A line to copy gets a button for that, where the browser lets one.
    for (const box of document.querySelectorAll(".copy")) {
        const text = box.querySelector("pre, code");
        if (!text || !navigator.clipboard) continue;
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "Copy";
        button.addEventListener("click", async () => {
            await navigator.clipboard.writeText(text.textContent.trim());
            button.textContent = "Copied";
            setTimeout(() => { button.textContent = "Copy"; }, 2000);
        });
        box.append(button);
    }

    // The menu closes by Escape.
    document.addEventListener("keydown", (event) => {
        const menu = document.querySelector(".menu[open]");
        if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); }
    });

    localTimes(document);
})();
