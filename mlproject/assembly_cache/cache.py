"""The units of an assembly that are in a store, and those that are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mlproject.assembly_cache.join import join_assembly
from mlproject.assembly_cache.parts import Frame, Part
from mlproject.assembly_cache.split import split_assembly
from mlproject.assembly_cache.store import Store
from mlproject.assembly_cache.units import Unit
from mlproject.errors import UserError
from mlproject.translation import Message


@dataclass(frozen=True, kw_only=True)
class AssemblyCache:
    """The part of a store that an assembly consists of.

    Args:
        store: the store.
        frame_key: key of what the assembly contains besides its units.
        keys: key of each unit, in the order of the assembly.
        validated: whether the templates must have been checked. Otherwise, checked ones are used, too.
    """

    store: Store
    frame_key: str
    keys: Mapping[Unit, str]
    validated: bool

    def missing_units(self) -> list[Unit]:
        """Return the units that must be synthesized. With any unit, an assembly has a frame."""
        missing = [unit for unit in self.keys if self._part(unit) is None]
        return missing or ([] if self._frame() else list(self.keys)[:1])

    def add(self, assembly: Path) -> None:
        """Add the units of a synthesized assembly, which may contain the networks of units in addition.

        Raises:
            StackOutsideStageError: the app adds a stack to no stage, which cannot be cached.
            UserError: the store cannot be written.
        """
        frame, parts = split_assembly(assembly)
        for unit in self.keys.keys() & parts.keys():
            self.store.write(self._names(self.keys[unit])[0], parts[unit], assembly=assembly)
        self.store.write(self._names(self.frame_key)[0], frame, assembly=assembly)
        self.store.delete_unused()

    def join(self, folder: Path) -> None:
        """Write the assembly.

        Args:
            folder: the output folder of the synthesis.

        Raises:
            UserError: another process has removed units since they were found or added.
        """
        frame = self._frame()
        found = {unit: self._part(unit) for unit in self.keys}
        parts = {unit: part for unit, part in found.items() if part is not None}
        if frame is None or len(parts) < len(self.keys):
            raise UserError(
                Message(
                    "{folder}: files of the cache were removed while the app was synthesized. Run the command again.",
                    folder=self.store.folder,
                ),
                topic="synthesis-failed",
            )
        join_assembly(folder, frame, parts, store=self.store)

    def _part(self, unit: Unit) -> Part | None:
        found = (self.store.read_part(name) for name in self._names(self.keys[unit]))
        return next((part for part in found if part), None)

    def _frame(self) -> Frame | None:
        """Return the frame, without the report of the validation if none was requested."""
        found = (self.store.read_frame(name) for name in self._names(self.frame_key))
        frame = next((frame for frame in found if frame), None)
        return frame if frame is None or self.validated else replace(frame, report=None)

    def _names(self, key: str) -> tuple[str, ...]:
        """Return the names of the entries that a key may have; the first is that of what is added now."""
        checked = f"{key}-validated"
        return (checked,) if self.validated else (key, checked)
