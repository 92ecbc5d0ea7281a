# The command scrappy of crs: astroscrappy's detect_cosmics with crs's images.
import numpy as np

from crs_plugin import PluginError, command, report, serve


def _value(given, own, name):
    value = given if given is not None else own
    if value is None:
        raise PluginError("the %s is not known" % name, parameter=name, expected="%s=NUMBER" % name)
    return float(np.median(value))


@command
def scrappy(image, gain, readnoise, **options):
    try:
        import astroscrappy
    except ImportError:
        raise PluginError(
            "the Python package astroscrappy is not installed", hint="python3 -m pip install astroscrappy"
        ) from None
    gain = _value(gain, image.gain, "gain")
    noise = None if image.rnoise is None else np.asarray(image.rnoise) * gain
    readnoise = _value(readnoise, noise, "readnoise")
    report("gain %g e-/ADU, readout noise %g electrons" % (gain, readnoise))
    mask, clean = astroscrappy.detect_cosmics(
        image.pixels.astype(np.float32), inmask=image.mask, gain=gain, readnoise=readnoise, **options
    )
    report("%d pixels flagged" % mask.sum())
    return clean.astype(np.float32) / np.float32(gain), mask


serve()
