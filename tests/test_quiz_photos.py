"""The photos of Real or fake?: their number, size, colors and credits."""

from collections import Counter
from itertools import combinations

import numpy as np
from PIL import Image

from pix2pix.evaluation.real_or_fake import PRACTICE, SCORED, trial_order
from pix2pix.examples.quiz_photos import FOLDER, quiz_photos
from pix2pix.images import pil_to_tensor, rgb_to_lab
from tools.quiz_photos import PHOTOS, TERMS

CROPS = [crop for photo in quiz_photos() for crop in photo.crops]


def test_every_picture_has_its_credit():
    assert sorted(FOLDER.glob("*.jpg")) == sorted(CROPS) and len(CROPS) == PRACTICE + SCORED
    for photo in quiz_photos():
        assert photo.title and photo.author and photo.source.startswith("https://")
        assert photo.terms == TERMS[photo.license]


def test_the_pictures_are_small_files_in_clear_colors():
    assert sum(crop.stat().st_size for crop in CROPS) < 1_200_000
    for crop in CROPS:
        with Image.open(crop) as picture:
            assert (picture.size, picture.mode) == ((256, 256), "RGB"), crop
            lab = rgb_to_lab(pil_to_tensor(picture))[0].numpy()
        assert np.hypot(*(110 * lab[1:])).mean() > 8, crop  # chroma; a dull street has 4


def test_no_two_crops_of_a_photo_overlap():
    for photo in PHOTOS.values():
        for (x, y, side), (left, top, other) in combinations(photo.boxes, 2):
            apart = (left - x - side, x - left - other, top - y - side, y - top - other)
            assert max(apart) > -1e-9, photo.title


def test_a_session_shows_every_picture_once_and_each_photo_in_one_kind_only():
    photo_of = [number for number, photo in enumerate(quiz_photos()) for _ in photo.crops]
    for seed in range(20):
        trials = trial_order(photo_of, seed)
        assert sorted(trial.picture for trial in trials) == list(range(len(CROPS)))
        kinds = {(photo_of[trial.picture], trial.made, trial.practice) for trial in trials}
        assert len(kinds) == len(quiz_photos()), seed
        counts = Counter((trial.practice, trial.made) for trial in trials)
        assert set(counts.values()) == {PRACTICE // 2, SCORED // 2}
