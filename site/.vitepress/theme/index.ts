/** The theme: VitePress's own with the fonts of the system, and with blocks that run in the page. */
import type { Theme } from "vitepress"
import DefaultTheme from "vitepress/theme-without-fonts"
import { RunBlock } from "./run-block.ts"
import "./style.css"

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component("RunBlock", RunBlock)
  }
} satisfies Theme
