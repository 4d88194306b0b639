from tests.content.makers import make_item as make_item
from tests.content.makers import private_assets as private_assets
from tests.content.makers import shelves as shelves
