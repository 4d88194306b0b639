"""The cards an item is made of, as an editor fills them in. That one is needed is said when the item is submitted."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import VideoChooserBlock


class TitleCard(blocks.StructBlock):
    kicker = blocks.CharBlock(required=False, max_length=60, label=capfirst(_("line above")))
    title = blocks.CharBlock(max_length=120, label=capfirst(_("headline")))

    class Meta:
        icon = "title"
        label = _("Headline")


class TextCard(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=120, label=capfirst(_("headline")))
    text = blocks.TextBlock(max_length=1200, label=capfirst(_("text")))

    class Meta:
        icon = "pilcrow"
        label = _("Text")


class PictureCard(blocks.StructBlock):
    picture = ImageChooserBlock(label=capfirst(_("picture")))
    title = blocks.CharBlock(required=False, max_length=120, label=capfirst(_("headline")))
    caption = blocks.CharBlock(required=False, max_length=200, label=capfirst(_("caption")))

    class Meta:
        icon = "image"
        label = _("Picture")


class VideoCard(blocks.StructBlock):
    clip = VideoChooserBlock(label=capfirst(_("clip")))
    caption = blocks.CharBlock(required=False, max_length=120, label=capfirst(_("caption")))

    class Meta:
        icon = "media"
        label = _("Video")


class CardStreamBlock(blocks.StreamBlock):
    title = TitleCard()
    text = TextCard()
    picture = PictureCard()
    video = VideoCard()

    class Meta:
        max_num = 20

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__(local_blocks, **kwargs)
