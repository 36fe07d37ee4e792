"""The web pages of grid users: plain, without scripts, in Dutch and English.

Who holds a link is who it was sent to: the token in its path is all there is to show, and nothing else (no cookie, no login)
could be used in somebody's name by another page.
"""
