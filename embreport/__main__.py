"""`python -m embreport` is the command `embreport`."""

from embreport.cli import run

if __name__ == "__main__":
    run()
