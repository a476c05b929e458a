"""Compile the REPL driver with the JDK of this machine."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path

from mlproject.errors import UserError
from mlproject.spark.java import Java

SOURCES = Path(__file__).parent / "repl_driver" / "java"


def compile_driver(java: Java, *, spark_home: Path, jars: Path, folder: Path) -> Path:
    """Return the jar of the REPL driver, which is compiled unless it exists.

    Args:
        java: the JDK.
        spark_home: folder of PySpark, whose jars it is compiled against.
        jars: folder of Livy's jars.
        folder: cache of such jars, one for each content of the sources.

    Raises:
        UserError: the driver cannot be compiled.
    """
    sources = sorted(SOURCES.glob("*.java"))
    digest = hashlib.sha256(b"".join([jars.name.encode(), *(each.read_bytes() for each in sources)])).hexdigest()[:16]
    target = folder / f"repl-driver-{digest}.jar"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".driver-") as temporary:
        classes, archive = Path(temporary) / "classes", Path(temporary) / target.name
        # Spark's jars first, as in the driver: both contain Netty.
        path = os.pathsep.join([f"{spark_home}/jars/*", f"{jars}/*"])
        command = [str(java.compiler), "-nowarn", "-d", str(classes), "-cp", path, *map(str, sources)]
        completed = subprocess.run(command, capture_output=True, text=True, check=False)
        if completed.returncode:
            raise UserError(
                f"the REPL driver of local Spark cannot be compiled: {completed.stderr.strip()}",
                exit_code=1,
                topic="spark-not-starting",
            )
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for each in sorted(classes.rglob("*.class")):
                file.write(each, each.relative_to(classes))
        archive.replace(target)
    return target
