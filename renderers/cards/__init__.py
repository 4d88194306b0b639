"""Kinds of cards, each a template of the hook `bangtin_card_templates`."""
