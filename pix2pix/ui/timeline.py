"""Where each task comes from: the paper, its community, or this studio. Text for the About panel."""

from pix2pix.tasks import TASKS

# Tasks of the page by name → what the paper calls them (§4, figures 12 to 20 of its last version).
PAPER = {
    "labels2street": "labels → street scene",
    "facades": "labels → façade",
    "map2aerial": "map → aerial photo",
    "aerial2map": "aerial photo → map",
    "edges2shoes": "edges → shoes, edges → handbags",
    "gray2color": "black and white → color",
    "inpaint": "photo with missing pixels → inpainted photo",
    "thermal2color": "thermal → color photo",
}
# What others made with the authors' code, by task → (what they called it, who).
COMMUNITY = {
    "edges2cats": ("edges2cats", "Christopher Hesse"),
    "sketch2portrait": ("sketch → portrait", "Mario Klingemann"),
    "cutout": ("background removal", "Kaihu Chen"),
}
# Named in the paper, not on the page.
MISSING_PAPER = "day → night, sketch → photo, photo → labels"
MISSING_COMMUNITY = (
    "palette generation (Jack Qiao), sketch → Pokémon (Bertrand Gondouin), “Do as I do” (Brannon Dorsey)"
)


def timeline() -> str:
    """Three paragraphs of Markdown; a task that neither the paper nor its community had is ours."""
    paper = "; ".join(f"**{TASKS[name].title}** ({told})" for name, told in PAPER.items())
    community = "; ".join(
        f"**{TASKS[name].title}** (“{told}”, {who})" for name, (told, who) in COMMUNITY.items()
    )
    ours = "; ".join(
        f"**{task.title}**" for name, task in TASKS.items() if name not in PAPER and name not in COMMUNITY
    )
    return f"""\
## Where the tasks come from

*2016, the paper:* {paper}. Not on this page: {MISSING_PAPER}.

*2017, people who tried its code:* {community}. Not on this page: {MISSING_COMMUNITY}.

*Today, this studio:* {ours}; and for what is drawn a color wish, anti-aliasing and a perceptual loss.
"""
