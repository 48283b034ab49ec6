"""The command `embreport`, which is also `python -m embreport`."""


def run() -> None:
    """Entry point of the installed command: Ctrl-C is one line and exit code 130 from here on, also during imports."""
    try:
        import signal

        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            # Nothing is raised, since imports would lose it, or report it as something else.
            signal.signal(signal.SIGINT, lambda number, frame: _leave())
        from embreport.cli import run as run_command
    except KeyboardInterrupt:
        _leave()
    run_command()


def _leave() -> None:
    """Ends the process at once, which has begun nothing that would have to be tidied up."""
    import os
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        os.write(2, b"embreport: Interrupted; nothing was written.\n")
    finally:
        os._exit(130)


if __name__ == "__main__":
    run()
