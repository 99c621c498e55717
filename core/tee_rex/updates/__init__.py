"""Updates: which releases there are, installing one, and what they pin; all of it signed (TUF).

``source`` is where they come from, as the build says. ``metadata`` checks signatures, ``releases`` is what
they sign, ``folder`` is a plain archive with its versions, ``client`` puts these together.
"""
