"""What people ask for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Intents(QObject):
    """What people ask for. Views emit, the application acts."""

    choose_mode = Signal(object)
    prove_sample = Signal()
    prove_file = Signal(object)
    deploy_account = Signal()
    run_token_flow = Signal()
    cancel = Signal()
    fix = Signal(object)
    fix_all = Signal()
    stop_fixing = Signal()
    check_again = Signal()
    expand_setup = Signal(bool)
    select_run = Signal(object)
    dismiss_problem = Signal()
    dismiss_notice = Signal()
    open_page = Signal(object)
    open_panel = Signal(object)
    make_diagnostics = Signal()
    check_service = Signal(object)
    open_settings = Signal(object)
    save_settings = Signal(object)
    use_profile = Signal(object)
    forget_server = Signal(str)
    pin_build = Signal(object)
    unpin_build = Signal(object)
    open_document = Signal(str)
    close_document = Signal()
    save_document = Signal(str)
    compare_image = Signal(str)
    find_runs = Signal(object)
    read_runs = Signal(object)
    export_runs = Signal(str, object, object)
    save_picture = Signal(str, object)
