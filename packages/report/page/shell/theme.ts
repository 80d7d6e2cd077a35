/** Light or dark: as the system says until the reader chooses. */

export type Theme = "light" | "dark"

/** The theme that the system asks for. */
export const firstTheme = (): Theme => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")

/** Shows the page in a theme. */
export const applyTheme = (theme: Theme): void => {
  document.documentElement.dataset["theme"] = theme
}
