# The command maskfill of crs.
import contextlib
import io

import numpy as np

from crs_plugin import PluginError, command, report, serve


@command
def maskfill(image, mask, size, operator, smooth):
    try:
        import maskfill as package
    except ImportError:
        raise PluginError(
            "the Python package maskfill is not installed", hint="python3 -m pip install maskfill"
        ) from None
    mask = image.mask if mask is None else mask
    if mask is None:
        raise PluginError("the image has no mask", parameter="mask", expected="mask=MASK")
    if mask.shape != image.shape:
        raise PluginError("the mask has another size than the image", parameter="mask")
    if size % 2 == 0:
        raise PluginError("%d is even" % size, parameter="size", expected="an odd number")
    if mask.all():
        raise PluginError("every pixel is masked", parameter="mask", expected="pixels to fill from")
    with contextlib.redirect_stdout(io.StringIO()):
        filled, rough = package.maskfill(
            image.pixels.astype(float), mask.astype(float), size=size, operator=operator, smooth=smooth
        )
    report("%d pixels filled" % mask.sum())
    out = np.where(mask, filled if smooth else rough, image.pixels)
    return out.astype(np.float32)


serve()
