// What a page does beyond its HTML: parts that follow what happens, and logs that go on. Everything else works
// without this file.
"use strict";

(() => {
  const announcer = document.getElementById("announcer");
  const badge = document.getElementById("live");

  function announce(text) {
    if (announcer && announcer.textContent !== text) {
      announcer.textContent = text;
    }
  }

  /** Times in the reader's own time zone. */
  function localTimes(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const date = new Date(time.dateTime);
      if (!Number.isNaN(date.getTime())) {
        time.title = time.dateTime;
        time.textContent = date.toLocaleString(undefined, {
          dateStyle: "medium",
          timeStyle: "medium",
        });
      }
    }
  }

  function showLive(text, works) {
    if (badge) {
      badge.hidden = false;
      badge.classList.toggle("off", !works);
      if (badge.textContent !== text) {
        badge.textContent = text;
      }
    }
  }

  /** Puts the new content in place; whoever had a link of it in focus keeps it. */
  function replace(part, fresh) {
    const focused = document.activeElement;
    const id = part.contains(focused) ? focused.id : "";
    part.replaceChildren(...fresh.childNodes);
    localTimes(part);
    if (id !== "") {
      document.getElementById(id)?.focus({ preventScroll: true });
    }
    const announced = part.querySelector("[data-announce]");
    if (announced) {
      announce(announced.textContent.trim());
    }
  }

  /** What the server sent for each part, to see what is new: the page's own nodes hold local times. */
  const shown = new Map();
  const parts = [...document.querySelectorAll("[data-live]")];
  parts.forEach((part) => shown.set(part.id, part.innerHTML));

  async function look() {
    const answer = await fetch(location.href, {
      headers: { "x-live": "1" },
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.status === 401) {
      return "over";
    }
    if (answer.status === 404) {
      return "gone";
    }
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts) {
      const next = fresh.getElementById(part.id);
      const text = next ? next.innerHTML : "";
      if (shown.get(part.id) !== text) {
        shown.set(part.id, text);
        replace(part, next ?? document.createElement("div"));
      }
    }
    return "seen";
  }

  const ENDS = {
    over: "Your session has ended: reload the page to sign in again",
    gone: "This no longer exists",
  };

  function follow(seconds) {
    let failures = 0;
    const again = () => {
      // Less often while the server does not answer, a minute at most.
      const pause = Math.min(60, seconds * 2 ** Math.min(failures, 5));
      setTimeout(() => void step(), pause * 1000);
    };
    const step = async () => {
      if (document.hidden) {
        document.addEventListener("visibilitychange", () => void step(), { once: true });
        return;
      }
      try {
        const result = await look();
        failures = 0;
        if (result in ENDS) {
          showLive(ENDS[result], false);
          announce(ENDS[result]);
          return;
        }
        showLive("Live", true);
      } catch {
        failures += 1;
        showLive("Not live: the server does not answer; trying again", false);
      }
      again();
    };
    showLive("Live", true);
    again();
  }

  /** Lines that a page keeps of a log; the whole of it is behind "Plain text". */
  const MOST_LINES = 5000;

  function followLog(box) {
    const state = document.getElementById("log-state");
    const pause = document.getElementById("log-pause");
    let control;
    let text = "";
    let drawn = false;

    const say = (words, works) => {
      state.hidden = false;
      state.textContent = words;
      state.classList.toggle("off", !works);
    };

    const draw = () => {
      drawn = false;
      const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
      const lines = text.split("\n");
      if (lines.length > MOST_LINES) {
        text = lines.slice(-MOST_LINES).join("\n");
      }
      box.textContent = text;
      if (atEnd) {
        box.scrollTop = box.scrollHeight;
      }
    };

    const append = (piece) => {
      text += piece;
      if (!drawn) {
        drawn = true;
        requestAnimationFrame(draw);
      }
    };

    const run = async () => {
      control = new AbortController();
      pause.textContent = "Pause";
      try {
        const answer = await fetch(box.dataset.follow, {
          signal: control.signal,
          headers: { "x-live": "1" },
        });
        if (!answer.ok || !answer.body) {
          say(
            answer.status === 401 ? ENDS.over : "Not live: the log cannot be followed now",
            false,
          );
          pause.textContent = "Follow again";
          return;
        }
        say("Live", true);
        // What comes begins at the beginning again.
        text = "";
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
          append(piece.value);
        }
        say("The log has ended", false);
      } catch {
        say(control.signal.aborted ? "Paused" : "Not live: the connection was lost", false);
      }
      control = undefined;
      pause.textContent = "Follow again";
    };

    pause.hidden = false;
    pause.addEventListener("click", () => {
      if (control) {
        control.abort();
      } else {
        void run();
      }
    });
    addEventListener("pagehide", () => control?.abort());
    void run();
  }

  localTimes(document);

  const seconds = Number(document.body.dataset.every);
  if (seconds > 0) {
    follow(seconds);
  }

  const log = document.getElementById("log-text");
  if (log) {
    log.scrollTop = log.scrollHeight;
    const wrap = document.getElementById("log-wrap");
    wrap.hidden = false;
    wrap.addEventListener("click", () => {
      const wraps = log.classList.toggle("wrap");
      wrap.setAttribute("aria-pressed", String(wraps));
    });
    if (log.dataset.follow) {
      followLog(log);
    }
  }

  // What is wrong is read out and in view at once.
  document.getElementById("problems")?.focus();
})();
