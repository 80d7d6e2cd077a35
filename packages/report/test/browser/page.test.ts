import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, expect, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import { figuresAt, reliability, report, type ReportOptions } from "../../src/index.ts"
import { allTests, testsOf, topTests } from "../../src/evaluation/scored-tests.ts"
import { answered, type Unpacked, unpack } from "../support.ts"
import { axeViolations, type Browser, hasChromium, startBrowser, waitForPictures } from "./browser.ts"
import { drawnRun, truthOf } from "./drawn-run.ts"
import { type Difference, differenceFrom } from "./stored-pictures.ts"

/** What a page shows once it has drawn the last thing that was done to it: read again until it holds. */
const eventually = <A>(read: () => Promise<A>) => expect.poll(read, { timeout: 15_000, interval: 20 })

/** Waits until the page has drawn what it was last told. */
const settled = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))

const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).innerText()).trim()

const found = (page: Page): Promise<string> => textOf(page, ".found")

describe.skipIf(!hasChromium)("a report in Chromium, opened from disk", () => {
  let folder = ""
  let file = ""
  let browser: Browser
  let unpacked: Unpacked
  let options: ReportOptions
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "report-page-"))
    file = join(folder, "report.html")
    options = await drawnRun()
    const made = report(options)
    unpacked = unpack(await made.html())
    await made.write(file)
    browser = await startBrowser()
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  /** Runs with a page of the report, and holds it to what a report may do. */
  const withPage = async (use: (page: Page) => Promise<void>, hash = ""): Promise<void> => {
    const { misdeeds, page } = await browser.open(file, hash)
    try {
      await use(page)
      assert.deepStrictEqual(misdeeds, [])
    } finally {
      await page.close()
    }
  }

  const views: Readonly<Record<string, (page: Page) => Promise<void>>> = {
    outcomes: async () => {},
    region: async (page) => {
      await page.getByLabel("face").first().check()
      await page.locator(".grid button").first().click()
    },
    evaluation: (page) => page.locator("#tab-evaluation").click(),
    run: async (page) => {
      await page.locator("#tab-run").click()
      await page.locator(".call").nth(2).click()
    }
  }
  describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
    it.each(Object.entries(views))(
      "the view %s looks as it is stored, and axe finds nothing serious",
      (name, show) =>
        withPage(async (page) => {
          if (theme === "dark") await page.getByLabel("Use the dark theme").click()
          await show(page)
          await settled(page)
          await waitForPictures(page)
          const difference = async () => differenceFrom(`drawn-${name}-${theme}`, await page.screenshot(), 640)
          await eventually(difference).toSatisfy(({ mean, share }: Difference) => mean < 5 && share < 0.03)
          assert.deepStrictEqual(await axeViolations(page), [])
        }),
      60_000
    )
  })

  it("shows failures first, and the numbers of the answers", () =>
    withPage(async (page) => {
      await eventually(() => found(page)).toBe("44 outcomes")
      const cards = page.locator(".card")
      await eventually(() => cards.nth(0).innerText()).toMatch(/failed[^]*row-30[^]*InputRejected/)
      await eventually(() => cards.nth(1).innerText()).toMatch(/failed[^]*row-31[^]*MediaUnreadable/)
      const { concept, conceptCount, score } = unpacked.data.rows
      // after failures what was told wrongly, then the others
      const wrong = 30 - Math.round(30 * (unpacked.data.evaluation?.versions[0]?.accuracy ?? 0))
      const third = await cards.nth(2 + wrong).innerText()
      assert.isAbove(conceptCount[0] ?? 0, 0)
      assert.include(third, unpacked.data.concepts[concept[0] ?? 0] ?? "no concept")
      assert.include(third, score[0]?.toFixed(3) ?? "no score")
    }))

  it("filters by outcome, concept, score, error, attempts and words, and takes it all back", () =>
    withPage(async (page) => {
      const { rows } = unpacked.data
      const outOf = (count: number) => `${count} of 44 outcomes`
      await page.getByRole("button", { name: /^Failed/ }).click()
      await eventually(() => found(page)).toBe(outOf(2))
      await page.getByRole("button", { name: /^All/ }).click()

      const right = unpacked.data.evaluation?.versions[0]?.accuracy ?? 0
      await page.getByRole("button", { name: /^Wrong/ }).click()
      await eventually(() => found(page)).toBe(outOf(Math.round(30 * (1 - right))))
      await eventually(() => page.locator(".card").first().innerText()).toMatch(
        new RegExp(`is\\s+${truthOf(13)}[^]*row-13`)
      )
      await page.getByRole("button", { name: /^All/ }).click()

      const fox = unpacked.data.concepts.indexOf("fox")
      const starts = rows.conceptCount.map((_, i) =>
        rows.conceptCount.slice(0, i).reduce((sum, count) => sum + count, 0)
      )
      const scoresOf = (concept: number) =>
        rows.conceptCount.flatMap((count, i) =>
          Array.from({ length: count }, (__, k) => (starts[i] ?? 0) + k).flatMap((at) =>
            rows.concept[at] === concept ? (rows.score[at] ?? []) : []
          )
        )
      await page.locator(".filters").getByLabel("fox").check()
      await eventually(() => found(page)).toBe(outOf(scoresOf(fox).length))
      const least = page.getByLabel("at least")
      await least.focus()
      for (let i = 0; i < 60; i++) await page.keyboard.press("ArrowRight")
      await eventually(() => found(page)).toBe(outOf(scoresOf(fox).filter((score) => score >= 0.6).length))
      await page.getByRole("button", { name: "Clear all filters" }).click()
      await eventually(() => found(page)).toBe("44 outcomes")

      await page.locator(".filters").getByLabel("InputRejected").check()
      await eventually(() => found(page)).toBe(outOf(1))
      await page.locator(".filters").getByLabel("InputRejected").uncheck()
      await page.getByLabel("2 attempts").check()
      await eventually(() => found(page)).toBe(outOf(rows.attempts.filter((attempts) => attempts === 2).length))
      await page.getByLabel("2 attempts").uncheck()
      await page.keyboard.press("/")
      await page.keyboard.type("ROW-7")
      await eventually(() => found(page)).toBe(outOf(1))
      await page.keyboard.type("-nothing")
      await eventually(() => found(page)).toBe(outOf(0))
      await page.getByRole("button", { name: "Clear all filters" }).first().click()

      await page.getByLabel("Order").selectOption("lowest")
      const lowest = Math.min(
        ...starts.flatMap((start, i) => ((rows.conceptCount[i] ?? 0) > 0 ? (rows.score[start] ?? []) : []))
      )
      // failures have no score, and come before the lowest one
      await eventually(() => page.locator(".card").nth(2).innerText()).toContain(lowest.toFixed(3))
    }))

  it("is worked with keys alone: grid, lightbox, zoom, next, JSON, and back to the card", () =>
    withPage(async (page) => {
      await page.getByLabel("Order").selectOption("input")
      await page.locator(".card").first().focus()
      await page.keyboard.press("ArrowRight")
      await page.keyboard.press("ArrowRight")
      await page.keyboard.press("Enter")
      const dialog = page.getByRole("dialog")
      await dialog.getByRole("heading", { name: "row-2" }).waitFor()
      await page.keyboard.press("+")
      await eventually(() => textOf(page, ".zoom-value")).toBe("150 %")
      await page.keyboard.press("0")
      await eventually(() => textOf(page, ".zoom-value")).toBe("100 %")
      await page.keyboard.press("ArrowRight")
      await dialog.getByRole("heading", { name: "row-3" }).waitFor()
      await page.keyboard.press("j")
      const json: unknown = JSON.parse(await textOf(page, ".json"))
      assert.deepStrictEqual(json, JSON.parse(unpacked.details[3]?.json ?? ""))
      await page.keyboard.press("Escape")
      await dialog.waitFor({ state: "detached" })
      const focusedOn = (name: string) => page.locator(".card:focus", { hasText: name }).waitFor()
      await focusedOn("row-2")
      await page.keyboard.press("End")
      await focusedOn("row-43")
      await page.keyboard.press("Home")
      await focusedOn("row-0")
    }))

  it("zooms with the wheel about the picture, and moves what is zoomed", () =>
    withPage(async (page) => {
      await page.locator(".card").nth(2).click()
      const stage = page.locator(".stage-room")
      await stage.hover()
      await page.mouse.wheel(0, -400)
      await eventually(() => textOf(page, ".zoom-value")).toBe("272 %")
      const before = await page.locator(".stage-picture").boundingBox()
      await page.mouse.down()
      await page.mouse.move(400, 300, { steps: 4 })
      await page.mouse.up()
      await eventually(() => page.locator(".stage-picture").boundingBox()).not.toEqual(before)
      await stage.dblclick()
      await eventually(() => textOf(page, ".zoom-value")).toBe("100 %")
    }))

  it("draws a region where it is in both frames of reference, and lists it in pixels of each", () =>
    withPage(async (page) => {
      await page.getByLabel("face").first().check()
      // its picture is stored a quarter turn away from upright
      await page.locator(".card").nth(1).click()
      const place = async () => {
        const picture = await page.locator(".stage-picture").boundingBox()
        const box = await page.locator(".hit").first().boundingBox()
        if (picture === null || box === null) throw new Error("nothing is drawn")
        return [
          (box.y - picture.y) / picture.height,
          (box.x - picture.x) / picture.width,
          (box.y + box.height - picture.y) / picture.height,
          (box.x + box.width - picture.x) / picture.width
        ]
      }
      const row = unpacked.data.rows.index.indexOf(33)
      const shape = unpacked.details[row]?.answers[0]?.shapes[0]
      const near = (actual: ReadonlyArray<number>, expected: ReadonlyArray<number> | undefined) => {
        for (const [i, edge] of actual.entries()) assert.closeTo(edge, expected?.[i] ?? Number.NaN, 0.005)
      }
      near(await place(), shape?.upright)
      const [width = 0, height = 0] = unpacked.details[row]?.upright ?? []
      const [top = 0, left = 0, bottom = 0, right = 0] = shape?.upright ?? []
      const pixels = [left * width, top * height, right * width, bottom * height].map(Math.round).join(", ")
      await eventually(() => textOf(page, ".regions tbody tr:first-child")).toContain(pixels)
      await page.getByRole("button", { name: "As stored" }).click()
      await settled(page)
      near(await place(), shape?.stored)
      await eventually(() => textOf(page, ".regions tbody tr:first-child")).not.toContain(pixels)
    }))

  it("opens a cell's pictures, and shows a curve, a threshold and a calibration error with the numbers of the API", () =>
    withPage(async (page) => {
      const version = unpacked.data.evaluation?.versions[0]
      const scored = version?.scored
      if (version === undefined || scored === undefined) throw new Error("there is no evaluation")
      await page.locator("#tab-evaluation").click()
      await eventually(() => textOf(page, ".tiles")).toContain(`${(100 * version.accuracy).toFixed(1)} %`)
      const cell = page.locator(".confusion .wrong button").first()
      const tests = Number(await cell.innerText())
      await cell.click()
      await eventually(() => textOf(page, ".lightbox-head .muted")).toContain(`1 of ${tests}`)
      await page.keyboard.press("Escape")

      const figures = async () => (await page.locator("#threshold-figures dd").allInnerTexts()).map(Number)
      const expected = (threshold: number, of = allTests(scored)) => {
        const { f1, falseNegatives, falsePositives, precision, recall, truePositives } = figuresAt(of, threshold)
        return [precision, recall, f1, truePositives, falsePositives, falseNegatives].map((value) =>
          Number(value.toFixed(3))
        )
      }
      await eventually(figures).toEqual(expected(0.5))
      await page.locator("#threshold").focus()
      for (let i = 0; i < 120; i++) await page.keyboard.press("ArrowRight")
      await eventually(() => page.locator("#threshold").inputValue()).toBe("0.62")
      await eventually(figures).toEqual(expected(0.62))

      await page.locator("#curve-concept").selectOption({ label: "dog" })
      const dog = unpacked.data.evaluation?.concepts.indexOf("dog") ?? -1
      await eventually(figures).toEqual(expected(0.62, testsOf(scored, dog)))
      const plot = await page.locator(".plot.draggable").boundingBox()
      if (plot === null) throw new Error("there is no plot")
      // to the right end of the curve, where all are found
      await page.mouse.move(plot.x + plot.width * 0.5, plot.y + plot.height * 0.3)
      await page.mouse.down()
      await page.mouse.move(plot.x + plot.width * 0.96, plot.y + plot.height * 0.5, { steps: 5 })
      await page.mouse.up()
      await eventually(async () => (await figures())[1]).toBe(1)

      await page.locator("#curve-concept").selectOption("-1")
      await eventually(() => textOf(page, "#calibration-error")).toBe(
        reliability(topTests(scored)).calibrationError.toFixed(3)
      )
      const worst = await page.locator(".mistake").first().innerText()
      assert.include(worst, version.worst[0]?.score.toFixed(3) ?? "no score")
      await page.getByRole("button", { name: /now right/ }).click()
      await page.getByRole("dialog").waitFor()
    }))

  it("shows each call's attempts and waits, those that came of it, and the outcomes that it settled", () =>
    withPage(async (page) => {
      const { run } = unpacked.data
      if (run === undefined) throw new Error("there is no run")
      await page.locator("#tab-run").click()
      const calls = page.locator(".call")
      await eventually(() => calls.count()).toBe(run.calls.length)
      await eventually(() => page.locator(".bars .attempt.repeated").count()).toBe(1)
      await eventually(() => page.locator(".bars .wait.retry").count()).toBe(1)
      const nested = await calls.locator(".call-name").allInnerTexts()
      assert.strictEqual(
        nested.filter((name) => name.startsWith("↳")).length,
        run.calls.filter(({ parent }) => parent !== undefined).length
      )
      await page.getByRole("button", { name: /^Repeated, divided or failed/ }).click()
      const troubled = run.calls.filter(
        ({ attempts, parent }) =>
          attempts.length > 1 || parent !== undefined || attempts.some(({ code }) => code !== 10000)
      )
      await eventually(() => calls.count()).toBe(troubled.length)
      await page.locator(".waterfall").focus()
      await page.keyboard.press("ArrowDown")
      const rows = page.locator("#call-detail tbody tr")
      await eventually(() => rows.count()).toBe(2)
      await eventually(() => rows.nth(0).innerText()).toMatch(
        /failed and was repeated: ServiceUnavailable\s+40031\s+503/
      )
      await eventually(() => rows.nth(1).innerText()).toMatch(/went well\s+10000\s+200/)
      await page.getByRole("button", { name: /outcomes that it settled/ }).click()
      await eventually(() => textOf(page, ".lightbox-head .muted")).toContain("1 of 8")
      await page.getByRole("button", { name: /^call 3$/ }).click()
      await eventually(() => textOf(page, "#call-detail h3")).toContain("Call 3")
      await eventually(() => textOf(page, ".view")).toContain("row-31")
    }))

  it("can be pointed into: a view and an outcome in its address", async () => {
    await withPage(async (page) => {
      await eventually(() => page.locator("#tab-run").getAttribute("aria-selected")).toBe("true")
    }, "#view=run")
    await withPage(async (page) => {
      await page.getByRole("dialog").getByRole("heading", { name: "row-12" }).waitFor()
    }, "#outcome=12")
  })

  it("moves through its views with arrow keys", () =>
    withPage(async (page) => {
      await page.locator("#tab-outcomes").focus()
      await page.keyboard.press("ArrowRight")
      await eventually(() => page.locator(":focus").getAttribute("id")).toBe("tab-evaluation")
      await page.keyboard.press("ArrowLeft")
      await page.keyboard.press("ArrowLeft")
      await eventually(() => page.locator(":focus").getAttribute("id")).toBe("tab-run")
    }))

  it("fits a narrow screen: nothing is wider, filters open and close, axe finds nothing serious", () =>
    withPage(async (page) => {
      await page.setViewportSize({ width: 360, height: 740 })
      for (const tab of ["outcomes", "evaluation", "run"]) {
        await page.locator(`#tab-${tab}`).click()
        await settled(page)
        await eventually(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
        assert.deepStrictEqual(await axeViolations(page), [])
      }
      await page.locator("#tab-outcomes").click()
      await page.getByRole("button", { name: "Filters" }).click()
      await page.locator(".filters").getByLabel("InputRejected").check()
      await page.getByRole("button", { name: "Show the outcomes" }).click()
      await eventually(() => found(page)).toBe("1 of 44 outcomes")
      await page.locator(".card").first().click()
      await settled(page)
      await eventually(() =>
        page.evaluate(() => document.querySelector("dialog")?.scrollWidth ?? 0)
      ).toBeLessThanOrEqual(360)
      assert.deepStrictEqual(await axeViolations(page), [])
    }))

  it("prints every view, one after the other, and comes back from paper", () =>
    withPage(async (page) => {
      await page.emulateMedia({ media: "print" })
      await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")))
      await waitForPictures(page)
      await eventually(() => page.locator(".printed > h2").allInnerTexts()).toEqual(["Outcomes", "Evaluation", "Run"])
      await eventually(() => page.locator(".card").count()).toBe(44)
      assert.isFalse(await page.locator(".toolbar").isVisible())
      const overlapping = await page.evaluate(() => {
        const boxes = [...document.querySelectorAll(".card")].map((card) => card.getBoundingClientRect())
        return boxes.some((a, i) =>
          boxes.some((b, k) => i < k && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        )
      })
      assert.isFalse(overlapping)
      await page.evaluate(() => window.dispatchEvent(new Event("afterprint")))
      await page.emulateMedia({ media: "screen" })
      await eventually(() => page.locator(".toolbar").count()).toBe(1)
    }))

  it("shows hostile names and texts as they are, and runs none of them", async () => {
    const hostile = [
      `</script><script>globalThis.hacked = 1</script>`,
      `<img src=x onerror="globalThis.hacked = 1">`,
      `\u202Egpj.exe مرحبا بالعالم`,
      `👩‍👩‍👧‍👦🏳️‍🌈`,
      "x".repeat(10_000),
      "__proto__"
    ]
    const path = join(folder, "hostile.html")
    await report({
      title: hostile.join(" "),
      outcomes: hostile.map((text, i) => ({ ...answered(i, { [text]: 0.9 }, { text }), key: text })),
      names: true,
      evaluation: { truth: ({ index }) => hostile[index], concepts: hostile }
    }).write(path)
    const { misdeeds, page } = await browser.open(path)
    for (const [i, text] of hostile.entries()) {
      await eventually(() => page.locator(".card").nth(i).textContent()).toContain(text.slice(0, 400))
      await page.locator(".card").nth(i).click()
      await eventually(async () => (await page.locator(".said-whole").textContent())?.trim()).toBe(text)
      await page.keyboard.press("Escape")
    }
    await page.locator("#tab-evaluation").click()
    await eventually(() => page.locator(".confusion").innerText()).toContain(hostile[0] ?? "")
    await eventually(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280)
    assert.isUndefined(await page.evaluate(() => (globalThis as { readonly hacked?: number }).hacked))
    assert.deepStrictEqual(misdeeds, [])
    assert.deepStrictEqual(await axeViolations(page), [])
    await page.close()
  })

  it("has a policy that refuses what would be put into it", () =>
    browser.open(file).then(async ({ misdeeds, page }) => {
      const refused = await page.evaluate(async () => {
        const tried: Array<string> = []
        const attempt = (name: string, run: () => unknown) => {
          try {
            run()
          } catch {
            tried.push(name)
          }
        }
        attempt("html", () => {
          document.body.innerHTML = "<b>no</b>"
        })
        // called with what its types refuse
        attempt("timer", () => Reflect.apply(setTimeout, window, ["globalThis.hacked = 1"]))
        attempt("worker", () => new Worker("data:text/javascript,1"))
        await fetch("https://127.0.0.1:9/").catch(() => tried.push("fetch"))
        const script = document.createElement("script")
        script.append("globalThis.hacked = 1")
        document.body.append(script)
        return [...tried, "hacked" in globalThis ? "script ran" : "script"]
      })
      assert.deepStrictEqual(refused, ["html", "timer", "worker", "fetch", "script"])
      assert.isAbove(misdeeds.length, 3)
      await page.close()
    }))
})
