"""The web edition: static pages that any host can serve."""

from pipeline.render.site.pages import build_site, site_images, site_parts, social_parts

__all__ = ["build_site", "site_images", "site_parts", "social_parts"]
