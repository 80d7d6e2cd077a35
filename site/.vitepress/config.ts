/** How the site looks: its navigation, search and theme. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { defineConfig, type DefaultTheme } from "vitepress"
import { doors } from "../build/doors.ts"
import { titleOf } from "../build/page-title.ts"
import { pictureSize } from "../build/picture-size.ts"
import { isRunnable, runFile } from "../build/run-blocks.ts"

const pages = join(import.meta.dirname, "..", "pages")

const pagesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(pages, folder))
    .filter((name) => name.endsWith(".md") && name !== "index.md")
    .toSorted()
    .map((name) => `${folder}/${name}`)

const link = (path: string): DefaultTheme.SidebarItem => ({
  text: (titleOf(readFileSync(join(pages, path), "utf8")) ?? path).replaceAll("`", ""),
  link: `/${path.replace(/\.md$/, "")}`
})

const guides: DefaultTheme.SidebarItem[] = [
  {
    text: "Start",
    items: ["start.md", "predictions.md", "guide.md", "cli.md"].map(link)
  },
  {
    text: "Topics",
    items: [
      "engine.md",
      "training.md",
      "embedders.md",
      "exif.md",
      "video.md",
      "grpc.md",
      "report.md",
      "reliability.md",
      "scale.md",
      "sizes.md"
    ].map(link)
  },
  {
    text: "More",
    items: [
      ...["plugins.md", "troubleshooting.md", "migrating.md"].map(link),
      { text: "Recipes", link: "/recipes/" },
      { text: "Errors", link: "/errors/" },
      { text: "Changelog", link: "/changelog" },
      { text: "Decisions", link: "/decisions/" }
    ]
  }
]

export default defineConfig({
  title: "Sightline",
  description: "A TypeScript toolkit for perception",
  lang: "en",
  srcDir: "pages",
  // copies of the pages for language models, which are served as they are
  srcExclude: ["public/**"],
  outDir: "dist",
  cacheDir: ".cache",
  cleanUrls: true,
  // one file that lists the pages instead of the list in each page
  metaChunk: true,
  // every link in view would be fetched and compiled while the page itself is being shown
  router: { prefetchLinks: false },
  lastUpdated: false,
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/favicon.svg" }]],
  transformHtml: (code) =>
    code
      // the start page has no other element that says where its main content is
      .replace('<div class="VPHome"', '<div role="main" class="VPHome"')
      // what the page is read with comes before the programs that make it respond
      .replaceAll('<link rel="modulepreload"', '<link rel="modulepreload" fetchpriority="low"')
      // a style sheet of icons that the site does not have; a page would wait for it
      .replace(/<link[^>]*vp-icons\.css[^>]*>/, ""),
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: (markdown) => {
      const image = markdown.renderer.rules.image
      markdown.renderer.rules.image = (tokens, index, options, env: { readonly path: string }, self) => {
        const token = tokens[index]
        const source = token?.attrGet("src") ?? ""
        const size = source.includes(":") ? undefined : pictureSize(join(dirname(env.path), source))
        if (size !== undefined) token?.attrs?.push(["width", `${size.width}`], ["height", `${size.height}`])
        return image?.(tokens, index, options, env, self) ?? ""
      }
      const fence = markdown.renderer.rules.fence
      markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
        const block = fence?.(tokens, index, options, env, self) ?? ""
        const { content = "", info = "" } = tokens[index] ?? {}
        return isRunnable(info) ? `${block}<RunBlock src="/runs/${runFile(content)}" />` : block
      }
    }
  },
  themeConfig: {
    search: { provider: "local" },
    outline: { level: [2, 3] },
    notFound: {
      quote: "There is no page at this address. The search above finds every page and every export.",
      linkText: "To the start page"
    },
    nav: [
      { text: "Guide", link: "/start" },
      { text: "Recipes", link: "/recipes/" },
      { text: "Reference", link: "/reference/" },
      { text: "Errors", link: "/errors/" }
    ],
    sidebar: {
      "/reference/": [
        { text: "Reference", items: doors().map(({ name, page }) => ({ text: name, link: `/reference/${page}/` })) }
      ],
      "/recipes/": [{ text: "Recipes", link: "/recipes/", items: pagesIn("recipes").map(link) }],
      // their list is a page: eighty links beside each of them would take longer to show than the page itself
      "/errors/": [{ text: "All errors", link: "/errors/" }, ...guides],
      "/decisions/": [{ text: "Decisions", link: "/decisions/", items: pagesIn("decisions").map(link) }],
      "/": guides
    }
  }
})
