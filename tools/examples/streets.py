"""Street scenes as label maps, seen from a car as those of Cityscapes are.

Every function paints one street from far to near: sky, houses and trees, ground, then what stands on it.
"""

from collections.abc import Callable
from functools import partial

from PIL import Image

from .street_sheet import BUS, CAR_FROM_THE_SIDE, CITYSCAPES, Camera, Street


def old_town(camera: Camera = CITYSCAPES) -> Street:
    """Houses at the left, a park at the right, two cyclists ahead."""
    street = Street(camera, (140, 118), -60, 330, (-290, 400), seed=1)
    street.ground()
    street.crown((226, 62), 86, 66)
    street.crown((168, 96), 26, 26)
    street.box("fence", 160, 112, 96, 22)
    street.polygon("sidewalk", (148, 120), (256, 134), (256, 150))
    street.houses(-1, [130, 128, 110, 96, 80])
    street.car((206, 152), 40)
    street.car((158, 128), 14)
    street.cyclist((118, 168), 54)
    street.cyclist((134, 152), 38)
    street.pole((108, 144), 66, 3, (10, 18))
    street.lamp((228, 150), 80, -12)
    return street


def city_canyon(camera: Camera = CITYSCAPES) -> Street:
    """High houses on both sides, cars parked at the left, people at the right."""
    street = Street(camera, (128, 124), -30, 270, (-150, 400), seed=2)
    street.ground()
    street.houses(-1, [150, 128, 140, 100, 110])
    street.houses(1, [140, 150, 118, 120, 90])
    for x, y in ((104, 142), (86, 158), (52, 190)):
        street.car((x, y))
    street.car((136, 140))
    street.person((206, 190))
    street.person((222, 192))
    street.person((178, 158))
    street.pole((188, 166), 88, 3, (11, 26))
    street.pole((70, 158), 90, 3)
    for x, y, w in ((226, 84, 12), (196, 98, 8), (34, 70, 14)):
        street.box("sign", x, y, w, w * 1.2)
    return street


def avenue(camera: Camera = CITYSCAPES) -> Street:
    """Trees on both sides meet over a wide road."""
    street = Street(camera, (128, 128), -90, 346, (-220, 476), seed=3)
    street.ground()
    street.houses(-1, [90, 84, 78])
    street.houses(1, [84, 92, 70])
    for x, y, h in (
        (110, 138, 44),
        (146, 138, 44),
        (92, 150, 74),
        (164, 150, 74),
        (58, 172, 126),
        (198, 172, 126),
    ):
        street.tree((x, y), h)
    street.tree((6, 204), 216)
    street.tree((252, 204), 216)
    street.car((98, 174))
    street.car((146, 150))
    street.car((136, 138))
    return street


def crossing(camera: Camera = CITYSCAPES) -> Street:
    """A junction with traffic lights; a car passes from the side."""
    street = Street(camera, (120, 116), -400, 640, (-500, 740), seed=4)
    street.polygon("building", (0, 20), (50, 34), (88, 78), (112, 100), (112, 130), (0, 132))
    street.polygon(
        "building", (256, 0), (206, 10), (206, 36), (160, 56), (160, 84), (134, 96), (134, 128), (256, 134)
    )
    street.crown((122, 104), 16, 14)
    street.box("sidewalk", 0, 128, 256, 9)
    street.box("road", 0, 136, 256, 120)
    street.polygon("sidewalk", (0, 138), (44, 138), (20, 164), (0, 170))
    street.polygon("sidewalk", (256, 136), (206, 137), (226, 160), (256, 168))
    street.polygon("road", (112, 128), (132, 128), (150, 140), (92, 140))
    street.car((124, 134), 13)
    street.car((170, 170), 42, CAR_FROM_THE_SIDE)
    street.pole((26, 172), 120, 4, (11, 30), "traffic light")
    street.pole((222, 168), 104, 4, (10, 26), "traffic light")
    street.person((10, 164), 42)
    street.person((236, 158), 38)
    street.person((246, 160), 38)
    street.cyclist((84, 178), 52)
    return street


def suburb(camera: Camera = CITYSCAPES) -> Street:
    """Low houses behind hedges and fences, much sky."""
    street = Street(camera, (136, 130), -70, 320, (-170, 420), seed=5)
    street.ground(beside="grass")
    for left, top, width in ((0, 84, 56), (66, 100, 34), (176, 96, 40), (222, 80, 34)):
        street.box("building", left, top, width, 134 - top + 10)
        street.polygon("building", (left - 4, top), (left + width / 2, top - 20), (left + width + 4, top))
    street.crown((62, 118), 18, 26)
    street.crown((112, 122), 14, 14)
    street.crown((166, 116), 16, 22)
    street.crown((224, 126), 20, 22)
    street.polygon("fence", (0, 150), (110, 128), (110, 138), (0, 184))
    street.polygon("fence", (256, 146), (160, 128), (160, 138), (256, 178))
    street.car((74, 178))
    street.car((150, 142))
    street.lamp((196, 162), 108, -18)
    street.lamp((104, 146), 56, 10)
    return street


def country_road(camera: Camera = CITYSCAPES) -> Street:
    """Nothing but trees, a bend and a sign."""
    street = Street(camera, (104, 130), -80, 300, (-80, 300), seed=6)
    street.box("grass", 0, 150, 256, 106)
    street.box("tree", 0, 120, 256, 36)
    for x, y, r in (
        (14, 92, 44),
        (56, 110, 26),
        (150, 112, 26),
        (188, 96, 38),
        (236, 72, 54),
        (104, 120, 20),
    ):
        street.crown((x, y), r, r * 0.9)
    street.blob(
        "road",
        (-80, 256),
        (-80, 256),
        (10, 190),
        (70, 152),
        (96, 136),
        (124, 130),
        (124, 130),
        (134, 131),
        (134, 131),
        (130, 140),
        (160, 166),
        (230, 214),
        (300, 256),
        (300, 256),
    )
    street.pole((206, 190), 78, 4, (26, 26))
    street.car((112, 152), 22)
    street.lamp((34, 176), 130, 14)
    return street


def bus_ahead(camera: Camera = CITYSCAPES) -> Street:
    """Behind a bus in a shopping street, many people on the sidewalk."""
    street = Street(camera, (118, 122), -50, 250, (-200, 440), seed=7)
    street.ground()
    street.houses(-1, [96, 110, 90, 84])
    street.houses(1, [136, 110, 124, 90])
    street.put("car", BUS, (134, 178), 96)
    street.car((70, 176))
    for x, y in ((196, 158), (206, 164), (222, 178), (240, 186), (40, 168), (26, 176)):
        street.person((x, y))
    street.cyclist((204, 202), 74)
    street.pole((180, 158), 74, 3, (10, 22))
    street.tree((244, 160), 96)
    return street


def car_park(camera: Camera = CITYSCAPES) -> Street:
    """A low shop with parked cars before it."""
    street = Street(camera, (128, 120), -600, 850, (-700, 950), seed=8)
    street.box("building", 0, 66, 256, 76)
    street.box("building", 0, 54, 90, 20)
    street.box("road", 0, 144, 256, 112)
    street.box("sidewalk", 0, 138, 256, 8)
    street.crown((226, 52), 44, 40)
    street.box("tree", 226, 80, 5, 62)
    street.box("sign", 104, 76, 70, 14)
    for x, h in ((30, 34), (74, 32), (150, 32), (196, 34)):
        street.car((x, 162), h)
    street.car((238, 200), 66)
    street.person((112, 172), 46)
    street.person((124, 170), 44)
    street.pole((20, 150), 128, 3, (14, 34))
    street.lamp((176, 150), 112, -16)
    return street


def empty_street(camera: Camera = CITYSCAPES) -> Street:
    """Road, pavements, houses, sky: the least that makes a street."""
    street = Street(camera, (128, 126), -70, 326, (-220, 476), seed=9)
    street.ground()
    street.houses(-1, [110, 110, 110, 110])
    street.houses(1, [96, 96, 96, 96])
    return street


def rush_hour(camera: Camera = CITYSCAPES) -> Street:
    """Cars in three lanes under a row of lamps, a tower at the end."""
    street = Street(camera, (128, 112), -130, 386, (-240, 500), seed=10)
    street.ground()
    street.polygon("building", (116, 112), (116, 44), (128, 20), (140, 44), (140, 112))
    street.houses(-1, [70, 84, 70, 80])
    street.houses(1, [88, 70, 76, 70])
    street.crown((40, 112), 26, 24)
    street.crown((212, 112), 28, 26)
    for x, y in ((118, 124), (130, 122), (141, 124), (104, 138), (156, 140), (60, 170), (204, 160)):
        street.car((x, y))
    street.car((130, 190), 56)
    for x, y, h, arm in ((96, 138, 58, 12), (162, 138, 58, -12), (52, 164, 120, 22), (208, 164, 120, -22)):
        street.lamp((x, y), h, arm)
    return street


SCENES: dict[str, Callable[..., Street]] = {
    f"{i:02d}-{scene.__name__.replace('_', '-')}": scene
    for i, scene in enumerate(
        (
            old_town,
            city_canyon,
            avenue,
            crossing,
            suburb,
            country_road,
            bus_ahead,
            car_park,
            empty_street,
            rush_hour,
        ),
        start=1,
    )
}


def label_map(scene: Callable[..., Street]) -> Image.Image:
    """The scene as mode "RGB", 256 x 256, palette colors only."""
    return scene().image()


STREETS: dict[str, Callable[[], Image.Image]] = {
    name: partial(label_map, scene) for name, scene in SCENES.items()
}
