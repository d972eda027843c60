"""python -m tools.quiz_photos FOLDER: (re)cut the photos of Real or fake? and write their credits.

FOLDER holds two collections of free pictures, in any subfolders:

    git clone https://github.com/BuddiesOfBudgie/budgie-backgrounds    at f57b605b, and its spices at 82067426
    git clone https://github.com/bloopletech/akc                       at 1f09b222, akc/images

Author, license and source of a budgie background are those of the pull request that brought it, of a picture
of akc those in its index.js. Only photos in clear colors, without anybody to be recognized.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pix2pix.examples.quiz_photos import CREDITS, FOLDER

SIDE = 256
QUALITY = 88
COMMONS = "https://commons.wikimedia.org/wiki/File:"

TERMS = {
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "public domain": "",
    "CC BY 3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC BY-SA 3.0": "https://creativecommons.org/licenses/by-sa/3.0/",
}
"""License → where its text is."""

Box = tuple[float, float, float]


@dataclass(frozen=True)
class Photo:
    """A photo of a collection and the squares to cut from it.

    boxes: (left, top, side), each a share of the photo's height; no two of them overlap.
    """

    file: str
    title: str
    author: str
    license: str
    source: str
    boxes: tuple[Box, ...]


PHOTOS = {
    "boston": Photo(
        "beacon-street-sunset.jpg",
        "Sunset on Beacon Street, Boston",
        "Matthew Landers",
        "CC0",
        COMMONS + "11_Beacon_St,_Boston,_United_States_(Unsplash).jpg",
        ((0.55, 0, 0.55), (1.14, 0.2, 0.62)),
    ),
    "flowers": Photo(
        "blue-periwinkle.jpg",
        "Blue periwinkle",
        "Noah Silliman",
        "CC0",
        COMMONS + "Blue_periwinkle_(Unsplash).jpg",
        ((0.25, 0, 0.45), (0.5, 0.48, 0.5), (1, 0.5, 0.5)),
    ),
    "casa-mila": Photo(
        "casa-mila.jpg",
        "Casa Milà, Barcelona",
        "Alexandre Perotto",
        "CC0",
        COMMONS + "Casa_Mila,_Barcelona,_Spain_(Unsplash).jpg",
        ((0.5, 0.5, 0.5), (0, 0.05, 0.5)),
    ),
    "dragonfly": Photo(
        "dragonfly-on-lavender.jpg",
        "Dragonfly on lavender",
        "Hisanari Kunimoto",
        "CC0",
        COMMONS + "Dragonfly_on_lavender_(Unsplash).jpg",
        ((0.139, 0.5, 0.5), (0.87, 0.02, 0.48), (1.25, 0.5, 0.5)),
    ),
    "desert": Photo(
        "extreme-desert-hike.jpg",
        "Extreme desert hike",
        "Luca Zanon",
        "CC0",
        COMMONS + "Extreme_Desert_Hike_(Unsplash).jpg",
        ((0.05, 0.45, 0.55), (0.62, 0.42, 0.58)),
    ),
    "kitten": Photo(
        "kitten-on-lawn.jpg",
        "A kitten on the lawn",
        "Ilona Ilyés",
        "CC0",
        COMMONS + "A_kitten_on_the_lawn_(Pixabay).jpg",
        ((0.38, 0.2, 0.75), (0, 0.5, 0.38)),
    ),
    "sherburne": Photo(
        "lake-sherburne.jpg",
        "Lake Sherburne",
        "Jacob W. Frank, National Park Service",
        "public domain",
        COMMONS + "Lake-sherburne-964855.jpg",
        ((0.3, 0, 0.6), (1.1, 0.1, 0.6)),
    ),
    "otter": Photo(
        "oakland-zoo-otters.jpg",
        "River otter at Oakland Zoo",
        "Derrick Coetzee",
        "CC0",
        COMMONS + "Wet_river_otter_(Lontra_canadensis)_resting_on_land_at_Oakland_Zoo.jpg",
        ((0.5, 0.15, 0.75),),
    ),
    "gates": Photo(
        "orange-hallway.jpg",
        "Orange hallway, Kyoto",
        "Peter Gabas",
        "CC0",
        COMMONS + "Orange_hallway_leading_to_Kyoto_Prefecture_(Unsplash).jpg",
        ((0.45, 0, 0.5), (0, 0.42, 0.44)),
    ),
    "osprey": Photo(
        "perched-osprey.jpg",
        "Osprey along the Gardner River",
        "U.S. National Park Service",
        "public domain",
        COMMONS + "Osprey_(Pandion_haliaetus)_perched_along_the_Gardner_River_(29132705308).jpg",
        ((0.42, 0.15, 0.6), (1.1, 0.1, 0.6), (0, 0.2, 0.42), (1.15, 0.7, 0.3)),
    ),
    "colosseum": Photo(
        "roman-colosseum.jpg",
        "Colosseum, Rome",
        "Bence Boros",
        "CC0",
        COMMONS + "Colosseum_colors_(Unsplash).jpg",
        ((0, 0.1, 0.6), (0.62, 0.3, 0.6)),
    ),
    "singapore": Photo(
        "singaporean-cityscape.jpg",
        "Marina Centre, Singapore",
        "Romain Guy",
        "CC0",
        "https://www.flickr.com/photos/romainguy/26461942322/",
        ((0.15, 0.1, 0.5), (0.7, 0.1, 0.5), (1.25, 0.1, 0.5), (1, 0.62, 0.38)),
    ),
    "grapes": Photo(
        "solaris-grapes.jpg",
        "Solaris grapes, Lysekil",
        "W.carter",
        "CC0",
        COMMONS + "Solaris_grapes_in_Chateaux_Luna_vineyard_24.jpg",
        ((0.28, 0.1, 0.62), (0.92, 0.38, 0.62)),
    ),
    "tea": Photo(
        "tea-gardens.jpg",
        "Amidst the tea gardens, Munnar",
        "Vivek Kumar",
        "CC0",
        COMMONS + "Amidst_the_Tea_Gardens_(Unsplash).jpg",
        ((0.3, 0.04, 0.46), (0.05, 0.55, 0.45), (0.8, 0.5, 0.5)),
    ),
    "spices": Photo(
        "the-spices-of-life.jpg",
        "The spices of life",
        "Julius Enriquez",
        "CC0",
        "https://gallery.meander.site/Highlights/#/28",
        ((0, 0.05, 0.45), (0.45, 0, 0.4), (0.3, 0.52, 0.48), (0.85, 0.33, 0.5)),
    ),
    "bridge": Photo(
        "high-trestle-trail.jpg",
        "High Trestle Trail Bridge, Iowa",
        "Tony Webster",
        "CC0",
        COMMONS + "High_Trestle_Trail_Bridge,_Madrid,_Iowa,_United_States_(Unsplash_F9o7u-CnDJk).jpg",
        ((0.45, 0.3, 0.7),),
    ),
    "saloon": Photo(
        "13-02-27-stadtschlosz-wiesbaden-by-RalfR-08.jpg",
        "Yellow saloon, Wiesbaden",
        "Ralf Roletschek",
        "CC BY 3.0",
        COMMONS + "13-02-27-stadtschlosz-wiesbaden-by-RalfR-08.jpg",
        ((0.35, 0.4, 0.6), (0.52, 0, 0.38)),
    ),
    "parliament": Photo(
        "Budapest_parlament_interior.jpg",
        "Parliament of Hungary, Budapest",
        "Karelj",
        "public domain",
        COMMONS + "Budapest_parlament_interior_6.jpg",
        ((0.42, 0.1, 0.65),),
    ),
    "vuoksa": Photo(
        "Lake_Vuoksa_1.jpg",
        "Okunevy Island in Lake Vuoksa",
        "Dmitry A. Mottl",
        "CC BY-SA 3.0",
        COMMONS + "Lake_Vuoksa_1.jpg",
        ((0.3, 0.08, 0.48), (0.8, 0.08, 0.45), (0.4, 0.56, 0.44)),
    ),
    "london": Photo(
        "London_street_in_the_rain_(Unsplash).jpg",
        "London street in the rain",
        "Anjana Menon",
        "CC0",
        COMMONS + "London_street_in_the_rain_(Unsplash).jpg",
        ((0.38, 0.4, 0.42),),
    ),
    "moraine": Photo(
        "Moraine_Lake.jpg",
        "Moraine Lake, Banff",
        "Gorgo",
        "public domain",
        COMMONS + "Moraine_Lake_17092005.jpg",
        ((0.05, 0.08, 0.5), (0.6, 0.08, 0.5), (0.8, 0.6, 0.38), (0.3, 0.62, 0.38)),
    ),
}
"""Short name → photo; the name is that of its files, with a number."""


def cut(photo: Image.Image, box: Box) -> Image.Image:
    """Mode "RGB", 256 x 256."""
    left, top, side = (share * photo.height for share in box)
    square = (round(left), round(top), round(left + side), round(top + side))
    return photo.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box=square)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.quiz_photos", description="Cut the quiz's photos.")
    parser.add_argument("folder", type=Path, help="where the two collections are")
    files = {path.name: path for path in parser.parse_args().folder.rglob("*.jpg")}
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.jpg"):
        old.unlink()
    credits = []
    for name, photo in PHOTOS.items():
        whole = Image.open(files[photo.file]).convert("RGB")
        crops = [f"{name}-{number}.jpg" for number in range(1, len(photo.boxes) + 1)]
        for crop, box in zip(crops, photo.boxes, strict=True):
            cut(whole, box).save(FOLDER / crop, quality=QUALITY, optimize=True)
        facts = {key: getattr(photo, key) for key in ("title", "author", "license", "source")}
        credits.append({**facts, "terms": TERMS[photo.license], "crops": crops})
    text = json.dumps(credits, indent=1, ensure_ascii=False)
    CREDITS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
