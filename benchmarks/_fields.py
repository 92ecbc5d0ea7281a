"""A second simulator, of another kind than `crs simulate`: fields, detector effects and particle tracks for `fields.py`.

Fields (electrons expected per pixel, no noise): stars and galaxies on sky, an echelle with curved orders, a long slit
with an extended object. Particles: muons, whose directions have the intensity cos^2 of the zenith angle and whose
energy loss is Landau's (most probable loss of the Review of Particle Physics, width in Moyal's approximation), and
"worms", electrons scattered by gamma rays (Groom 2002, Experimental Astronomy 14, 45) with the range of Katz and
Penfold (1952, Rev. Mod. Phys. 24, 28); both spread by diffusion. Only numpy is needed.
"""
import numpy as np

PIXEL = 15.0  # micrometre


# Fields ----------------------------------------------------------------------------------------------------------
def moffat(dx, dy, fwhm, beta=3.0):
    alpha = fwhm / (2 * np.sqrt(2 ** (1 / beta) - 1))
    return (beta - 1) / (np.pi * alpha**2) * (1 + (dx**2 + dy**2) / alpha**2) ** -beta


def stamp(image, x, y, half, shape):
    """Adds `shape(dx, dy)`, averaged over 3 x 3 points a pixel, around (x, y)."""
    ny, nx = image.shape
    x0, x1, y0, y1 = max(0, int(x) - half), min(nx, int(x) + half + 1), max(0, int(y) - half), min(ny, int(y) + half + 1)
    if x0 >= x1 or y0 >= y1:
        return
    gy, gx = np.mgrid[y0:y1, x0:x1].astype(float)
    for sy in (-1 / 3, 0, 1 / 3):
        for sx in (-1 / 3, 0, 1 / 3):
            image[y0:y1, x0:x1] += shape(gx + sx - x, gy + sy - y) / 9


def imaging(nx, ny, rng, fwhm=3.0, sky=120.0, width=1.0, shift=(0, 0)):
    """Stars with a power law of fluxes and exponential galaxies; `width` widens the seeing, `shift` moves all."""
    image = np.full((ny, nx), sky)
    for _ in range(nx * ny // 500):
        x, y, flux = rng.uniform(-10, nx + 10), rng.uniform(-10, ny + 10), 300 * rng.pareto(0.9) + 150
        flux = min(flux, 4e5)
        stamp(image, x + shift[0], y + shift[1], 12 if flux < 2e4 else 45, lambda u, v: flux * moffat(u, v, fwhm * width))
    for _ in range(nx * ny // 2500):
        x, y, flux = rng.uniform(0, nx), rng.uniform(0, ny), 800 * rng.pareto(1.0) + 800
        size, axis, angle = rng.uniform(1.5, 6), rng.uniform(0.25, 1), rng.uniform(0, np.pi)
        flux, c, s = min(flux, 2e5), np.cos(angle), np.sin(angle)

        def galaxy(u, v):
            radius = np.hypot(u * c + v * s, (v * c - u * s) / axis)
            return flux / (2 * np.pi * size**2 * axis) * np.exp(-np.hypot(radius, 0.6) / size)
        stamp(image, x + shift[0], y + shift[1], int(8 * size), galaxy)
    return image


def echelle(nx, ny, rng, peak=2500.0, shift=(0, 0), **_):
    """Curved, tilted orders that come closer together, with a blaze, absorption and a few sky lines."""
    y, x = np.mgrid[0:ny, 0:nx].astype(float)
    x, y = x - shift[0], y - shift[1]
    image = np.full((ny, nx), 8.0)
    centre, order = 9.0, 0
    while centre < ny + 40:
        line = centre + 0.02 * (x - nx / 2) + 25 * ((x - nx / 2) / nx) ** 2 - 20 + 0.6 * order * (x / nx - 0.5)
        level = peak * rng.uniform(0.05, 1) * np.sinc(0.8 * (x / nx - 0.5)) ** 2
        for _ in range(12):
            at, depth, sigma = rng.uniform(0, nx), rng.uniform(0.1, 0.9), rng.uniform(1.2, 4)
            level = level * (1 - depth * np.exp(-0.5 * ((x - at - 0.1 * (y - line)) / sigma) ** 2))
        for _ in range(2):
            level = level + 300 * rng.random() * np.exp(-0.5 * ((x - rng.uniform(0, nx) - 0.1 * (y - line)) / 1.2) ** 2)
        image += level * np.exp(-0.5 * ((y - line) / 1.3) ** 2)
        centre, order = centre + max(9.0, 17 - 0.35 * order), order + 1
    return image


def longslit(nx, ny, rng, shift=(0, 0), **_):
    """Curved sky lines, a tilted stellar trace, and a galaxy with rotating emission lines."""
    y, x = np.mgrid[0:ny, 0:nx].astype(float)
    x, y = x - shift[0], y - shift[1]
    bend = 4 * ((y - ny / 2) / ny) ** 2 + 0.01 * (y - ny / 2)
    image = 25 + 10 * np.sin(x / nx * 4)
    for _ in range(nx // 12):
        image = image + 1500 * rng.power(0.2) * np.exp(-0.5 * ((x - rng.uniform(0, nx) - bend) / 1.25) ** 2)
    trace = 0.3 * ny + 0.03 * x
    image = image + 400 * (1 + 0.3 * np.sin(x / 37)) * np.exp(-0.5 * ((y - trace) / 1.8) ** 2)
    middle = 0.65 * ny + 0.03 * x
    body = np.exp(-np.abs(y - middle) / 14)
    image = image + 60 * body
    for _ in range(6):
        velocity = 3.5 * np.arctan((y - middle) / 6)
        image = image + 500 * rng.random() * body * np.exp(-0.5 * ((x - rng.uniform(0, nx) - velocity) / 1.4) ** 2)
    return image


# Particles -------------------------------------------------------------------------------------------------------
def landau(length, rng):
    """Energy that a fast muon leaves on `length` micrometres of silicon [eV]."""
    xi = 17.83 * length
    return xi * (np.log(1.022e6 * xi / 31.05**2) + 0.2 - np.log(rng.normal() ** 2 + 1e-30))


def muon(rng, thickness, tilt):
    """Depths and displacements [micrometre] of the steps of a straight track, and electrons on each."""
    while True:
        mu, phi = rng.random() ** (1 / 3), rng.uniform(0, 2 * np.pi)  # intensity ~ cos^2 of the zenith angle
        s = np.sqrt(1 - mu * mu)
        a, b, c = s * np.cos(phi), s * np.sin(phi), mu
        a, c = a * np.cos(tilt) + c * np.sin(tilt), c * np.cos(tilt) - a * np.sin(tilt)
        if abs(c) > 0.02 and rng.random() < abs(c):  # flux through the detector's plane
            break
    length = min(thickness / abs(c), 6000.0)
    steps = int(length / 2) + 1
    along = (np.arange(steps) + 0.5) / steps * length
    share = rng.gamma(0.5, size=steps) + 1e-9
    return np.c_[along * a, along * b, along * abs(c)], landau(length, rng) / 3.66 * share / share.sum()


def worm(rng, thickness):
    """The same for a scattered electron."""
    energy = min(rng.exponential(150.0) + 5, 800.0) / 1000  # MeV
    reach = 412 * energy ** (1.265 - 0.0954 * np.log(energy)) / 0.2329  # micrometre
    steps = int(reach / 2) + 2
    left = np.linspace(1, 0, steps)
    theta, phi = np.arccos(rng.uniform(-1, 1)), rng.uniform(0, 2 * np.pi)
    turns = 0.25 / np.maximum(left, 0.08)
    theta = theta + np.cumsum(rng.normal(0, 1, steps) * turns)
    phi = phi + np.cumsum(rng.normal(0, 1, steps) * turns)
    path = np.cumsum(2 * np.c_[np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], 0)
    path[:, 2] += rng.uniform(0, thickness)
    inside = (path[:, 2] > 0) & (path[:, 2] < thickness)
    inside[np.argmin(inside):] &= inside.all()  # what leaves does not come back
    return path[inside], np.full(steps, energy * 1e6 / 3.66 / steps)[inside]


def particles(nx, ny, rng, events, thickness=20.0, diffusion=5.0, tilt=0.6, at=None):
    """Electrons deposited by `events` particles, half of them muons; `at`: places instead of random ones."""
    xs, ys, charges = [], [], []
    for k in range(events):
        path, electrons = muon(rng, thickness, tilt) if rng.random() < 0.5 else worm(rng, thickness)
        if len(path) == 0:
            continue
        x0, y0 = (rng.uniform(0, nx), rng.uniform(0, ny)) if at is None else at[k]
        # Charge freed far from the gates spreads most; each step's charge is cut into 16 parts.
        sigma = diffusion * np.sqrt(np.clip(1 - path[:, 2:3] / thickness, 0.02, 1))
        xs.append((x0 + (path[:, :1] + sigma * rng.normal(0, 1, (len(path), 16))) / PIXEL).ravel())
        ys.append((y0 + (path[:, 1:2] + sigma * rng.normal(0, 1, (len(path), 16))) / PIXEL).ravel())
        charges.append(np.repeat(electrons / 16, 16))
    if not xs:
        return np.zeros((ny, nx))
    x, y, q = np.floor(np.concatenate(xs)).astype(int), np.floor(np.concatenate(ys)).astype(int), np.concatenate(charges)
    good = (x >= 0) & (x < nx) & (y >= 0) & (y < ny)
    return np.bincount(y[good] * nx + x[good], q[good], nx * ny).reshape(ny, nx)


# Detector --------------------------------------------------------------------------------------------------------
def readout(shape, rng, noise, correlated, tails):
    """Readout noise of the given total scatter: along rows correlated by `correlated` with offsets of whole rows,
    and a fraction `tails` of the values 2.5 times as wide."""
    ny, nx = shape
    out = rng.normal(0, 1, shape)
    if correlated:
        for x in range(1, nx):
            out[:, x] = correlated * out[:, x - 1] + np.sqrt(1 - correlated**2) * out[:, x]
        rows = 0.15
        out = np.sqrt(1 - rows**2) * out + rows * rng.normal(0, 1, (ny, 1))
    if tails:
        wide = rng.random(shape) < tails
        out[wide] *= 2.5
        out /= np.sqrt(1 + tails * (2.5**2 - 1))
    return noise * out


def fixed_pattern(shape, rng, image, warm):
    """Pixels of unlike sensitivity (1 %), warm pixels (a fraction `warm`) and hot ones (a tenth of them)."""
    image = image * rng.normal(1, 0.01, shape) if warm else image.copy()
    places = rng.random(shape)
    image[places < warm] += rng.exponential(150, int((places < warm).sum()))
    image[places < 0.1 * warm] += rng.uniform(2000, 20000, int((places < 0.1 * warm).sum()))
    return image
