"""Small widgets that cards and pages share."""
