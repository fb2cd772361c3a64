"""How videos are uploaded: in one request, as a form or a raw body, or resumably in several."""
