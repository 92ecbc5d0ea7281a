"""Cosmic rays of real exposures as stamps, and exposures with such stamps put into them, whose truth is known.

`stamps` cuts groups of pixels out of equivalent exposures where one of them stands out of all others; `inject` puts
them, turned and mirrored, at random places, some on bright traces, some at the same place in several exposures.
"""
import numpy as np
from scipy.ndimage import binary_dilation, label, median_filter


def deviations(level, gain, noise):
    return np.sqrt(np.maximum(level, 0) / gain + noise**2)


def smooth(difference, size=41):
    """What changes smoothly along rows and along columns."""
    first = median_filter(difference, (1, size), mode="mirror")
    return first + median_filter(difference - first, (size, 1), mode="mirror")


def known_hits(images, gain, noise, sigmas=4.5):
    """Real hits of each exposure (and what else stands out), grown by a pixel: they count neither as found nor as false."""
    out = []
    for k, image in enumerate(images):
        others = [o for j, o in enumerate(images) if j != k]
        lowest = np.min([o + smooth(image - o) for o in others], axis=0)
        lowest = np.maximum(lowest, median_filter(lowest, 3) - 3 * deviations(lowest, gain, noise))
        found = image - lowest > sigmas * np.sqrt(2) * deviations(lowest, gain, noise)
        out.append(binary_dilation(found, np.ones((3, 3))))
    return out


def stamps(images, gain, noise, largest=21):
    """Real hits as small planes of charge [ADU]: groups that peak above 10 sigma and lie on faint sky."""
    out = []
    for k, image in enumerate(images):
        others = [o for j, o in enumerate(images) if j != k]
        level = np.mean([o + smooth(image - o) for o in others], axis=0)
        sigma = deviations(level, gain, noise)
        excess = image - level
        faint = level < np.percentile(level, 70)
        groups, count = label(excess > 2.5 * sigma, np.ones((3, 3)))
        for number in range(1, count + 1):
            ys, xs = np.nonzero(groups == number)
            if not 1 <= len(ys) <= 60 or max(np.ptp(ys), np.ptp(xs)) >= largest or not faint[ys, xs].all():
                continue
            if (excess / sigma)[ys, xs].max() < 10:
                continue
            stamp = np.zeros((np.ptp(ys) + 1, np.ptp(xs) + 1))
            stamp[ys - ys.min(), xs - xs.min()] = excess[ys, xs]
            out.append(stamp)
    return out


def put(plane, stamp, y, x):
    """Adds a stamp; what does not fit in is cut off."""
    h, w = stamp.shape
    y, x = y - h // 2, x - w // 2
    y0, x0 = max(0, y), max(0, x)
    y1, x1 = min(plane.shape[0], y + h), min(plane.shape[1], x + w)
    if y0 < y1 and x0 < x1:
        plane[y0:y1, x0:x1] += stamp[y0 - y:y1 - y, x0 - x:x1 - x]


def inject(shape, n, library, rng, each, coincidences, trace=None, on_trace=0, need=None):
    """Charge [ADU] that is put into each of n exposures.

    `each` stamps at random places an exposure, `on_trace` more on pixels of `trace`, and `coincidences` places that
    `need` exposures share (half of them and one more, or both of two).
    """
    rays = [np.zeros(shape) for _ in range(n)]
    need = need or (2 if n == 2 else n // 2 + n % 2)

    def stamp():
        one = library[rng.integers(len(library))]
        return np.rot90(one if rng.random() < 0.5 else one[::-1], rng.integers(4))
    for plane in rays:
        for _ in range(each):
            put(plane, stamp(), rng.integers(shape[0]), rng.integers(shape[1]))
        if trace is not None:
            ys, xs = np.nonzero(trace)
            for k in rng.integers(len(ys), size=on_trace):
                put(plane, stamp(), ys[k], xs[k])
    for _ in range(coincidences):
        y, x = rng.integers(shape[0]), rng.integers(shape[1])
        for k in rng.choice(n, need, replace=False):
            put(rays[k], stamp(), y, x)
    return rays
