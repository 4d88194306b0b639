"""Three holders of An Giang's root, each with a stick of their own, and what they do with it."""

from __future__ import annotations

from pathlib import Path

from cms.release.keys import ceremony, holders, papers
from cms.release.keys.papers import Holder, HolderKey, Proposal, SignaturePaper

NAMES = ("Trưởng phòng CNTT", "Chánh văn phòng", "Kế toán trưởng")
PASSPHRASE = "cá linh bông điên điển"


class Circle:
    """The holders of a province's root, on machines that this server does not reach."""

    def __init__(self, folder: Path, province: str = "an_giang") -> None:
        self.folder, self.province = folder, province
        self.keys: dict[str, HolderKey] = {}
        self.papers: dict[str, Holder] = {}
        folder.mkdir(exist_ok=True)

    def join(self, name: str) -> Holder:
        """A holder makes a key."""
        self.keys[name], self.papers[name] = holders.make(self.province, name, PASSPHRASE)
        return self.papers[name]

    def sign(self, name: str, proposal: Proposal) -> SignaturePaper:
        """A holder signs what is written in a proposal's file, and hands over a file."""
        path = proposal.write(self.folder)
        read = papers.read(path)
        assert isinstance(read, Proposal)
        signed = papers.read(holders.sign(read, self.keys[name], PASSPHRASE).write(self.folder))
        assert isinstance(signed, SignaturePaper)
        return signed

    def take_over(self, province) -> ceremony.Pending:
        """The first ceremony: three holders, two of whom sign."""
        found = ceremony.propose(province, ceremony.Wish([self.join(one) for one in NAMES]))
        return ceremony.accept(province, [self.sign(one, found.paper) for one in NAMES[:2]])

    def change(self, province, **wish) -> ceremony.Pending:
        """A later ceremony: two holders sign a change."""
        found = ceremony.propose(province, ceremony.Wish(**wish))
        return ceremony.accept(province, [self.sign(one, found.paper) for one in NAMES[:2]])
