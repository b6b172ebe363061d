"""The site's own name, look and words: their form in the administration, and the pages that are only about them."""
