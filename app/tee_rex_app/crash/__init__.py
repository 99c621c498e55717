"""When TEE-Rex itself fails: hooks that notice it, a report without secrets, a window to hand it on."""
