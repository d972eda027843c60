"""Colors and type of the page, light and dark: brick, paper and ink.

The values stand in theme.css as custom properties, which the canvas uses too; here they are handed to
Gradio's own components.
"""

from pathlib import Path

import gradio as gr

CSS = Path(__file__).parent / "theme.css"
PRESENTING = Path(__file__).parent / "presenting.css"


def studio_theme() -> gr.themes.Base:
    """Gradio's theme with the studio's colors; system fonts, so that no other server is asked for any."""
    both = {
        "body_background_fill": "var(--paper)",
        "body_text_color": "var(--ink)",
        "body_text_color_subdued": "var(--soft)",
        "background_fill_primary": "var(--panel)",
        "background_fill_secondary": "var(--paper)",
        "block_background_fill": "var(--panel)",
        "block_border_color": "var(--rule)",
        "block_label_background_fill": "var(--panel)",
        "block_label_text_color": "var(--soft)",
        "block_title_text_color": "var(--ink)",
        "block_info_text_color": "var(--soft)",
        "border_color_primary": "var(--rule)",
        "border_color_accent": "var(--accent)",
        "color_accent_soft": "var(--tint)",
        "input_background_fill": "var(--panel)",
        "input_border_color": "var(--rule)",
        "button_primary_background_fill": "var(--accent)",
        "button_primary_background_fill_hover": "var(--accent-strong)",
        "button_primary_text_color": "var(--on-accent)",
        "button_secondary_background_fill": "var(--panel)",
        "button_secondary_background_fill_hover": "var(--tint)",
        "button_secondary_text_color": "var(--ink)",
        "button_secondary_border_color": "var(--rule)",
        "link_text_color": "var(--accent)",
        "link_text_color_hover": "var(--accent-strong)",
        "link_text_color_visited": "var(--accent)",
        "link_text_color_active": "var(--accent-strong)",
        "slider_color": "var(--accent)",
        "block_shadow": "none",
    }
    theme = gr.themes.Base(
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
        font_mono=["ui-monospace", "SFMono-Regular", "Menlo", "monospace"],
        radius_size=gr.themes.sizes.radius_md,
    )
    names = set(vars(theme))
    dark = {f"{name}_dark": value for name, value in both.items() if f"{name}_dark" in names}
    return theme.set(**both, **dark, block_border_width="1px")
