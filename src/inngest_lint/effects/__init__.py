"""Effects: what calls of libraries do to the world, or take from it."""

from inngest_lint.effects.catalogue import Catalogue, CatalogueError, Condition, catalogue
from inngest_lint.effects.effect import Effect

__all__ = ["Catalogue", "CatalogueError", "Condition", "Effect", "catalogue"]
