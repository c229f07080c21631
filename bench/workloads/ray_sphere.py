"""A ray tracer: 320 x 240 rays, five spheres, nearest hit, diffuse light and shadow."""

import numpy as np

RTOL = 1e-6
STRAYS = 1e-3
STEPS = True


def normalize(v):
    return v / np.sqrt((v * v).sum(axis=-1, keepdims=True))


def intersect(origin, direction, centre, radius):
    """Distance along each ray to the sphere; infinity where it misses."""
    towards = origin - centre
    b = (direction * towards).sum(axis=-1)
    c = (towards * towards).sum(axis=-1) - radius * radius
    inside = b * b - c
    root = np.sqrt(np.maximum(inside, 0.0))
    near, far = -b - root, -b + root
    distance = np.where(near > 1e-4, near, far)
    return np.where((inside > 0.0) & (distance > 1e-4), distance, np.inf)


def run(width, height, centres, radii, colours, light):
    x = np.linspace(-1.0, 1.0, width)
    y = np.linspace(0.75, -0.75, height)
    pixels = np.zeros((height, width, 3))
    pixels[..., 0] = x
    pixels[..., 1] = y[:, None]
    eye = np.array([0.0, 0.1, -2.0])
    direction = normalize(pixels - eye)
    nearest = np.full((height, width), np.inf)
    hit = np.full((height, width), -1)
    for i in range(len(radii)):
        distance = intersect(eye, direction, centres[i], radii[i])
        closer = distance < nearest
        nearest[closer] = distance[closer]
        hit[closer] = i
    image = np.zeros((height, width, 3))
    for i in range(len(radii)):
        mask = hit == i
        if not mask.any():
            continue
        point = eye + nearest[mask][:, None] * direction[mask]
        normal = (point - centres[i]) / radii[i]
        to_light = normalize(light - point)
        shade = np.clip((normal * to_light).sum(axis=1), 0.0, 1.0)
        for j in range(len(radii)):
            if j != i:
                blocked = np.isfinite(intersect(point, to_light, centres[j], radii[j]))
                shade[blocked] *= 0.3
        image[mask] = colours[i] * (0.1 + 0.9 * shade[:, None])
    return image


def inputs(rng, scale=1.0):
    width, height = max(int(320 * scale), 16), max(int(240 * scale), 12)
    centres = np.array(
        [[0.7, 0.0, 1.0], [-0.6, 0.0, 1.8], [-2.4, 0.1, 3.1], [0.1, -0.3, 0.6], [0.0, -99.6, 0.0]]
    )
    radii = np.array([0.6, 0.6, 0.7, 0.2, 99.0])
    return width, height, centres, radii, rng.random((5, 3)), np.array([5.0, 5.0, -10.0])


def numba(threads):
    from numba import njit, prange

    @njit(error_model="numpy")
    def meet(ox, oy, oz, dx, dy, dz, centre, radius):
        tx, ty, tz = ox - centre[0], oy - centre[1], oz - centre[2]
        b = dx * tx + dy * ty + dz * tz
        inside = b * b - (tx * tx + ty * ty + tz * tz - radius * radius)
        if inside <= 0.0:
            return np.inf
        root = np.sqrt(inside)
        distance = -b - root if -b - root > 1e-4 else -b + root
        return distance if distance > 1e-4 else np.inf

    @njit(parallel=threads > 1, error_model="numpy")
    def render(width, height, centres, radii, colours, light):
        image = np.zeros((height, width, 3))
        ex, ey, ez = 0.0, 0.1, -2.0
        for row in prange(height):
            for column in range(width):
                dx = -1.0 + 2.0 * column / (width - 1) - ex
                dy = 0.75 - 1.5 * row / (height - 1) - ey
                dz = -ez
                size = np.sqrt(dx * dx + dy * dy + dz * dz)
                dx, dy, dz = dx / size, dy / size, dz / size
                nearest, hit = np.inf, -1
                for i in range(radii.size):
                    distance = meet(ex, ey, ez, dx, dy, dz, centres[i], radii[i])
                    if distance < nearest:
                        nearest, hit = distance, i
                if hit < 0:
                    continue
                px, py, pz = ex + nearest * dx, ey + nearest * dy, ez + nearest * dz
                lx, ly, lz = light[0] - px, light[1] - py, light[2] - pz
                size = np.sqrt(lx * lx + ly * ly + lz * lz)
                lx, ly, lz = lx / size, ly / size, lz / size
                nx = (px - centres[hit, 0]) / radii[hit]
                ny = (py - centres[hit, 1]) / radii[hit]
                nz = (pz - centres[hit, 2]) / radii[hit]
                shade = min(max(nx * lx + ny * ly + nz * lz, 0.0), 1.0)
                for j in range(radii.size):
                    if j != hit and meet(px, py, pz, lx, ly, lz, centres[j], radii[j]) < np.inf:
                        shade *= 0.3
                for k in range(3):
                    image[row, column, k] = colours[hit, k] * (0.1 + 0.9 * shade)
        return image

    return render
