"""Between the application and the desktop: one instance, the window's place, notifications."""
