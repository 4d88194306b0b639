"""Text, pictures and clips become pixels of LED faces. Pure: no Django, no pluggy (except `plugin.py`)."""
