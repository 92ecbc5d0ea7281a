"""The command lines, calls and parameter files of the documents, and what each must leave behind."""

PARAMETERS = ["params_example1", "params_example2", "params_example3_initial", "params_example3",
              "params_example4_initial", "params_example4_offsets", "params_example4"]
MASKS = ["crmasks.fits"]
COMBINED = [f"combined_{method}.fits" for method in ("mediancr", "meancrt", "meancr")]
IDENTIFIED = ["mediancr_identified.csv", "mediancr_identified_cr.pdf"]
TABLES = IDENTIFIED + ["problematic_pixels.csv", "problematic_pixels.pdf"]
DIAGRAMS = [f"diagnostic_{name}.png" for name in ("histogram2d", "mediancr", "meancr", "crmask1", "crmask2", "crmask3")]
FLUX = ["image_number_at_median_position.png"] + [f"flux_factor{k}.png" for k in (1, 2, 3)]
OFFSETS = [f"xyoffset_crosscorr_{k}.png" for k in (1, 2, 3)]
PAIR = "ioffx=0, ioffy=-4, tsigma_peak=10, tsigma_tail=3"
LOAD = "data1 = load a.fits\ndata2 = load b.fits\n"


class Line:
    """A line as it is printed.

    text:   what the documents print; `shell` lines run in a shell, `call` lines at the prompt of crs.
    folder: the inputs that it starts from (see documented.py).
    files:  what it must write, sub-folders included; all of them, and nothing else where `only` is set.
    says:   texts that its report must contain; `names`: the report names every file that was written.
    status: exit status; `fixed`: equal bytes in both runs (nothing random is drawn).
    """

    def __init__(self, sort, text, folder, files=(), says=(), status=0, fixed=True, names=False, short=False,
                 before="", after=""):
        self.sort, self.text, self.folder, self.files = sort, text, folder, list(files)
        self.says, self.status, self.fixed, self.names, self.short = list(says), status, fixed, names, short
        self.before, self.after = before, after


def shell(text, folder, files=(), **more):
    return Line("shell", text, folder, files, **more)


def call(text, files=(), **more):
    return Line("call", text, "pair", files, **more)


LINES = []

# Parameter files.
for name in PARAMETERS:
    files = MASKS + COMBINED + TABLES + DIAGRAMS
    if name == "params_example3":
        files = files + FLUX
    if name == "params_example4":
        files = files + OFFSETS
    LINES.append(shell(
        f"numina-crmasks {name}.yaml", "examples", files, names=True, short=name == "params_example1",
        says=["simulation 10/10" if name != "params_example2" else "crmethod", "time elapsed"]))
LINES += [
    shell("numina-crmasks params_example1.yaml --crmasks crmasks.fits", "masks-alone", COMBINED, names=True),
    shell("numina-crmasks params_example1.yaml --log-level WARNING", "examples", MASKS + COMBINED),
    shell("numina-crmasks params_example1.yaml --log-level DEBUG", "examples", MASKS + COMBINED, names=True),
    shell("numina-crmasks params_example1.yaml --record", "examples", MASKS + ["terminal_output.txt"]),
    shell("numina-crmasks params_example1.yaml --echo", "examples", MASKS, says=["Executing: "]),
    shell("numina-crmasks --help", "examples", says=["crmasks"]),
    shell("fitsinfo crmasks.fits", "masks", says=["No.", "Format", "MEDIANCR", "LAMEDIAN", "uint8", "float32"],
          short=True),
    shell("fitsinfo combined_me*fits", "masks", says=["VARIANCE", "MAP", "int16", "combined_meancrt.fits"]),
]

# The MEGARA cookbook.
WORK = [f"obsid8_LR-R_crmasks_work/{name}" for name in IDENTIFIED + ["diagnostic_histogram2d.png"]]
RESULT = ["obsid8_LR-R_crmasks_results/crmasks.fits"]
PREPROCESSED = [f"obsid8_LR-R_crmasks_work/preprocessed_{k}.fits" for k in (1, 2, 3)]
RUN = "numina run 8_generate_crmasks.yaml -r control.yaml"
LINES += [
    shell(RUN, "megara", RESULT + WORK, names=True),
    shell(RUN, "megara-none", RESULT + WORK, names=True, fixed=False, short=True),
    shell(RUN, "megara-auto", RESULT + WORK, names=True, fixed=False, says=["flux factors"]),
    shell(RUN, "megara-saved", RESULT + WORK + PREPROCESSED, names=True, fixed=False),
]
for method in ("mediancr", "meancrt", "meancr"):
    LINES.append(shell(
        "numina run 8_LcbImage.yaml -r control.yaml", f"megara-{method}",
        [f"obsid8_LcbImage_LR-R_results/combined_{method}.fits"], names=True, says=[f"{method}: "]))
LINES.append(shell(
    "numina run 8_LcbImage.yaml -r control.yaml", "megara-plain",
    ["obsid8_LcbImage_LR-R_results/combined_median.fits"], names=True))

# The older two steps.
COMPUTE = "numina-crmasks compute --inputlist list.txt --gain 1.0 --rnoise 3.4"
LINES += [
    shell("ls preprocessed_*.fits > list.txt", "no-list", ["list.txt"]),
    shell(COMPUTE + " --flux_factor '[0.78, 1.01, 1.11]' --interactive --output_masks crmasks.fits", "list", MASKS,
          fixed=False, names=True, short=True),
    shell("numina-crmasks compute --help", "list", says=["inputlist", "minimum_max2d_rnoise", "extname"]),
    shell("numina-crmasks compute -h", "list", says=["inputlist"]),
    shell("numina-crmasks apply -h", "list", says=["input_mask"]),
]
for option in ["--bias 0.0", "--knots_splfit 3", "--nsimulations 10", "--nsimulations 5",
               "--niter_boundary_extension 3", "--weight_boundary_extension 10", "--threshold 0.0",
               "--minimum_max2d_rnoise 5.0", "--interactive", "--dilation 1", "--semiwindow 15",
               "--color_scale minmax", "--color_scale zscale", "--maxplots -1", "--extname PRIMARY"]:
    LINES.append(shell(f"{COMPUTE} {option} --output_masks crmasks.fits", "list", MASKS, fixed=False))
LINES += [
    shell(f"{COMPUTE} --plots --output_masks crmasks.fits", "list", MASKS + IDENTIFIED, fixed=False, names=True),
    shell(f"{COMPUTE} --plots --maxplots 3 --output_masks crmasks.fits", "list", MASKS + IDENTIFIED, fixed=False),
]
APPLY = "numina-crmasks apply --inputlist list.txt --input_mask crmasks.fits --output_combined result.fits"
LINES.append(shell(APPLY, "list-masks", ["result.fits"]))
for method in ("mediancr", "meancrt", "meancr"):
    LINES.append(shell(f"{APPLY} --combination {method}", "list-masks", ["result.fits"], names=True,
                       short=method == "mediancr"))
LINES.append(shell(f"{APPLY} --extname PRIMARY", "list-masks", ["result.fits"]))
LINES.append(shell("numina-crmasks --help | head -40; numina-crmasks apply --help", "list", says=["combination"]))

# cr2images, at the prompt: the calls as Python prints them.
PEAKS = ">>> Replacing"
LINES += [
    call(f"data1c, data2c = cr2images(data1=data1, data2=data2, {PAIR})", short=True, before=LOAD),
    call(f"data1c, data2c, mask1, mask2 = cr2images(data1=data1, data2=data2, {PAIR}, return_masks=True)\n"
         "both = mask1 & mask2", before=LOAD, says=["both: Mask"]),
    call(f"data1c, data2c, mask1, mask2 = cr2images(data1=data1, data2=data2, {PAIR}, return_masks=True, debug_level=1, "
         "list_skipped_regions=[SliceRegion2D([568:594, 85:205]), SliceRegion2D([829:909, 85:205])])", before=LOAD,
         files=["cr2images.pdf"], says=[PEAKS]),
    call(f"data1c, data2c, mask1, mask2 = cr2images(data1=data1, data2=data2, {PAIR}, return_masks=True, debug_level=1, "
         "image_region=SliceRegion2D([102:539, 22:217]))", before=LOAD, files=["cr2images.pdf"], says=[PEAKS]),
    call(f"data1c, data2c = cr2images(data1=data1, data2=data2, {PAIR}, "
         "list_skipped_regions=[SliceRegion2D([568:594, 85:205])], image_region=SliceRegion2D([102:539, 22:217]))",
         before=LOAD, status=2, says=["image_region"]),
    call(f"data1c, data2c = cr2images(data1=data1, data2=data2, {PAIR}, maxsize=20)", before=LOAD),
    call(f"data1c, data2c, mask1, mask2 = cr2images(data1=data1, data2=data2, {PAIR}, return_masks=True, debug_level=2, "
         "zoom_region_imshow=SliceRegion2D([350:650, 100:180]))", before=LOAD, files=["cr2images.pdf"], says=[PEAKS]),
    call("data1c, data2c, mask1, mask2 = cr2images(data1=data1, median_size=(9, 3), tsigma_peak=10, tsigma_tail=3, "
         "return_masks=True, debug_level=1)", before=LOAD, files=["cr2images.pdf"], says=[PEAKS]),
    call("apply_cr2images_ccddata(infile1=A, infile2=B, outfile1='cc'+A, outfile2='cc'+B, " + PAIR + ")",
         before="A = 'a.fits'\nB = 'b.fits'\n", files=["cca.fits", "ccb.fits"], short=True, names=True,
         after="header cca.fits FILENAME\nheader cca.fits HISTORY",
         says=["cca.fits", "- infile1: a.fits", "- infile2: b.fits", "- ioffx: 0", "- ioffy: -4", "- tsigma_peak: 10",
               "- tsigma_tail: 3"]),
    call("apply_cr2images_ccddata(infile1=A, outfile1='ccc'+A, median_size=(9, 3), tsigma_peak=10, tsigma_tail=3)",
         before="A = 'a.fits'\n", files=["ccca.fits"], names=True, after="header ccca.fits HISTORY",
         says=["- median_size: (9, 3)"]),
]
# The same names as options.
OPTIONS = "--ioffx 0 --ioffy -4 --tsigma_peak 10 --tsigma_tail 3"
LINES += [
    shell(f"cr2images --data1 a.fits --data2 b.fits {OPTIONS}", "pair", ["ca.fits", "cb.fits"], names=True),
    shell(f"cr2images --infile1 a.fits --infile2 b.fits --outfile1 cca.fits --outfile2 ccb.fits {OPTIONS}", "pair",
          ["cca.fits", "ccb.fits"], names=True, short=True),
    shell("cr2images --data1 a.fits --median_size '(9, 3)' --tsigma_peak 10 --tsigma_tail 3 --debug_level 1", "pair",
          ["ca.fits", "ca.pdf"], names=True, says=[PEAKS]),
    shell(f"cr2images --data1 a.fits --data2 b.fits {OPTIONS} --debug_level 2 --zoom_region_imshow '[350:650, 100:180]'",
          "pair", ["ca.fits", "cb.fits", "ca.pdf"], names=True, says=[PEAKS]),
]
