import assert from "node:assert/strict";
import { Visitor } from "../support/browser";
import { startPage, type PageServer } from "../support/pageServer";
import { fillWorld } from "../support/pageWorld";

interface Focus {
  id: string;
  name: string;
  shown: boolean;
  inView: boolean;
  nowhere: boolean;
}

interface Contrast {
  count: number;
  faint: { text: string; ratio: number; needed: number }[];
}

interface Structure {
  nameless: string[];
  levels: number[];
  twice: string[];
  language: string;
  title: string;
}

describe("the page, for everybody", function () {
  this.timeout(60_000);
  const visitor = new Visitor();
  let server: PageServer;

  before(async function () {
    await visitor.start(this);
    server = await startPage();
  });
  after(async () => {
    await visitor.stop();
    await server?.close();
  });
  beforeEach(async () => {
    fillWorld(server);
    await visitor.arrive(server);
  });
  afterEach(async () => {
    assert.deepEqual(await visitor.leave(), []);
  });

  it("can be used with the keyboard alone, and shows where one is", async () => {
    await visitor.enter();
    await visitor.open("/deployments/notebook");
    await visitor.page.keyboard.press("Tab");
    assert.equal(await visitor.textOf(":focus"), "Skip to the content");
    assert.ok((await visitor.ask<Focus>("focus")).inView);
    await visitor.page.keyboard.press("Enter");
    assert.equal((await visitor.ask<Focus>("focus")).id, "main");
    const seen: string[] = [];
    for (let presses = 0; presses < 30; presses++) {
      await visitor.page.keyboard.press("Tab");
      const { name, shown, nowhere } = await visitor.ask<Focus>("focus");
      if (nowhere) {
        break;
      }
      assert.ok(shown, `${name} shows no focus`);
      seen.push(name);
    }
    for (const name of ["Overview", "to", "Scale", "Stop", "Restart", "Edit", "Delete"]) {
      assert.ok(seen.includes(name), `${name} cannot be reached: ${seen.join(", ")}`);
    }
    await visitor.page.focus("#to");
    await visitor.page.keyboard.press("ArrowUp");
    await Promise.all([visitor.page.waitForNavigation(), visitor.page.keyboard.press("Enter")]);
    await visitor.page.focus("main button");
    await Promise.all([visitor.page.waitForNavigation(), visitor.page.keyboard.press("Enter")]);
    assert.deepEqual(server.service.done, ["scale notebook 2"]);
  });

  const PAGES: Record<string, string> = {
    overview: "/",
    deployment: "/deployments/solver",
    pod: "/deployments/notebook/pods/sd-notebook-7d9f-0",
    edit: "/deployments/notebook/edit",
    new: "/new",
    delete: "/deployments/notebook/delete",
    problem: "/deployments/nothing",
    "signed-out": "/signed-out",
  };

  for (const theme of ["light", "dark"]) {
    it(`has enough contrast everywhere in its ${theme} colours`, async () => {
      await visitor.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
      await visitor.enter();
      for (const [name, address] of Object.entries(PAGES)) {
        await visitor.open(address);
        const { count, faint } = await visitor.ask<Contrast>("faintTexts");
        assert.ok(count >= 5, `${name}: only ${count} texts were looked at`);
        assert.deepEqual(faint, [], name);
        await visitor.shoot(theme === "light" ? name : `${name}-dark`, true);
      }
    });
  }

  it("fits a phone: nothing runs out of it, and everything can be hit with a finger", async () => {
    await visitor.page.setViewport({
      width: 360,
      height: 740,
      deviceScaleFactor: 1,
      isMobile: true,
      hasTouch: true,
    });
    await visitor.enter();
    for (const [name, address] of Object.entries(PAGES)) {
      await visitor.open(address);
      const { width, small } = await visitor.ask<{ width: number; small: string[] }>("size");
      assert.equal(width, 360, name);
      assert.deepEqual(small, [], name);
      await visitor.shoot(`${name}-phone`);
    }
  });

  it("names every control and heading, in order", async () => {
    await visitor.enter();
    for (const [name, address] of Object.entries(PAGES)) {
      await visitor.open(address);
      const found = await visitor.ask<Structure>("structure");
      assert.deepEqual(found.nameless, [], name);
      assert.deepEqual(found.twice, [], name);
      assert.equal(found.levels.filter((level) => level === 1).length, 1, name);
      found.levels.forEach((level, index) => {
        assert.ok(level - (found.levels[index - 1] ?? 0) <= 1, `${name}: a heading is skipped`);
      });
      assert.equal(found.language, "en");
      assert.match(found.title, / · Deployments$/);
    }
  });
});
