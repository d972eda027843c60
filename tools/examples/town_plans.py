"""Plans of small invented towns; lengths are px of the canvas (about 2 m each, as in the paper's maps)."""

from dataclasses import dataclass

from .pen import Points, sharp


@dataclass(frozen=True)
class Grid:
    """Parallel and crossing streets with houses between them.

    angle: of the long sides of the blocks, degrees. block: length and depth of a block, street
    included. width: of the streets. house: how wide a house is; 0 for one big building a block.
    area: (left, top, right, bottom) of the sheet that it covers.
    """

    angle: float
    block: tuple[float, float]
    width: float = 5
    house: float = 7
    area: tuple[float, float, float, float] = (-1000, -1000, 1000, 1000)


@dataclass(frozen=True)
class Town:
    """What lies where. Later fields lie above earlier ones.

    parks, waters: areas with smooth edges (a point named twice in a row is a corner).
    paths, roads: (width, points). highways: the same, yellow on the map.
    motorways: the same, orange. trees: how densely gardens are planted, 0 to 1.
    """

    grids: tuple[Grid, ...]
    parks: tuple[Points, ...] = ()
    waters: tuple[Points, ...] = ()
    paths: tuple[tuple[float, Points], ...] = ()
    roads: tuple[tuple[float, Points], ...] = ()
    highways: tuple[tuple[float, Points], ...] = ()
    motorways: tuple[tuple[float, Points], ...] = ()
    trees: float = 0.4
    seed: int = 0


TOWNS: dict[str, Town] = {
    "01-terraced-houses": Town(
        (Grid(8, (104, 40)),),
        seed=1,
        parks=(sharp((150, 96), (206, 104), (202, 138), (146, 130)),),
    ),
    "02-highway": Town(
        (Grid(-24, (86, 42), house=8),),
        seed=2,
        highways=((10, [(86, -20), (104, 90), (120, 180), (126, 276)]),),
        roads=((7, [(-10, 160), (120, 110), (270, 60)]),),
    ),
    "03-city-park": Town(
        (Grid(0, (90, 44)),),
        seed=3,
        trees=0.5,
        parks=(sharp((64, -10), (270, -10), (270, 168), (64, 168)),),
        waters=([(120, 70), (150, 48), (186, 60), (176, 92), (142, 104), (118, 96)],),
        paths=(
            (1.6, [(64, 30), (120, 40), (200, 30), (256, 60)]),
            (1.6, [(64, 130), (110, 120), (160, 128), (256, 118)]),
            (1.6, [(196, 0), (206, 60), (196, 120), (210, 168)]),
        ),
        roads=((7, [(62, -20), (62, -20), (62, 276)]), (7, [(-20, 170), (-20, 170), (276, 170)])),
    ),
    "04-river": Town(
        (Grid(14, (84, 40)),),
        seed=4,
        waters=(
            [
                (-20, 60),
                (40, 84),
                (110, 100),
                (170, 140),
                (276, 160),
                (276, 210),
                (170, 188),
                (100, 146),
                (40, 132),
                (-20, 112),
            ],
        ),
        roads=(
            (7, [(150, -20), (128, 120), (112, 276)]),
            (6, [(-20, 122), (40, 142), (100, 158), (168, 198), (276, 222)]),
        ),
    ),
    "05-motorway-junction": Town(
        (Grid(38, (84, 46)),),
        seed=5,
        parks=([(150, 130), (190, 120), (200, 160), (166, 176)],),
        motorways=(
            (11, [(-20, 210), (90, 160), (180, 80), (276, 30)]),
            (5, [(90, 162), (140, 150), (168, 180), (176, 276)]),
        ),
        roads=((7, [(60, -20), (120, 130), (170, 276)]),),
    ),
    "06-harbour": Town(
        (Grid(-4, (110, 62), width=7, house=0),),
        seed=6,
        trees=0.08,
        waters=(
            sharp(
                (150, -20),
                (276, -20),
                (276, 276),
                (196, 276),
                (190, 214),
                (230, 210),
                (229, 190),
                (186, 194),
                (180, 120),
                (224, 116),
                (222, 94),
                (176, 98),
            ),
        ),
        roads=((8, [(100, -20), (118, 130), (140, 276)]),),
    ),
    "07-old-quarter": Town(
        (
            Grid(20, (60, 34), house=9, area=(-20, -20, 276, 128)),
            Grid(-28, (72, 36), house=8, area=(-20, 128, 276, 276)),
        ),
        seed=7,
        parks=(sharp((98, 108), (150, 96), (166, 140), (112, 152)),),
        roads=(
            (8, [(-20, 136), (70, 122), (128, 128), (190, 112), (276, 122)]),
            (7, [(128, 128), (150, 200), (146, 276)]),
            (6, [(128, 128), (90, 50), (92, -20)]),
        ),
    ),
    "08-garden-suburb": Town(
        (Grid(-12, (118, 56), width=4, house=11),),
        seed=8,
        trees=1.0,
        parks=([(-20, 196), (60, 180), (96, 214), (84, 276), (-20, 276)],),
        roads=((6, [(-20, 40), (80, 70), (170, 66), (276, 96)]), (5, [(170, 66), (196, 140), (184, 276)])),
    ),
    "09-warehouses": Town(
        (Grid(3, (128, 74), width=7, house=0),),
        seed=9,
        trees=0.1,
        highways=((9, [(-20, 36), (100, 44), (276, 30)]),),
        roads=((7, [(196, -20), (200, 120), (206, 276)]),),
    ),
    "10-lake": Town(
        (Grid(-34, (80, 42)),),
        seed=10,
        trees=0.6,
        parks=([(-20, -20), (120, -20), (150, 40), (144, 100), (150, 170), (110, 200), (-20, 210)],),
        waters=([(-20, 10), (60, 4), (108, 36), (112, 90), (118, 140), (84, 172), (-20, 180)],),
        paths=((1.6, [(110, -10), (134, 50), (128, 100), (134, 160), (90, 190), (-10, 194)]),),
        roads=((7, [(140, -20), (164, 50), (158, 100), (164, 176), (116, 216), (-20, 226)]),),
    ),
}
