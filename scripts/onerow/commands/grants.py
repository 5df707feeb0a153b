"""onerow grants: a role for each kind of work, with the rights that it needs and no others."""

import click

from onerow.commands.options import pass_project
from onerow.grants.grants import Roles, apply_grants, grants_script
from onerow.project.project import Project


@click.command(epilog="Example: onerow grants --loader etl --transformer dbt --reader analysts --auditor audit")
@click.option("--loader", help="Role that lands files, replays dead letters and withholds batches.")
@click.option("--transformer", help="Role that runs dbt. It owns the marts.")
@click.option("--reader", help="Role that reads the models, and nothing else.")
@click.option("--auditor", help="Role that reconciles: it reads everything and records what it finds.")
@click.option("--apply", "is_applied", is_flag=True, help="Run the statements, in one transaction, as well.")
@pass_project
def grants(
    project: Project,
    *,
    loader: str | None,
    transformer: str | None,
    reader: str | None,
    auditor: str | None,
    is_applied: bool,
) -> None:
    """Print the statements that grant roles the least that their work needs.

    The roles must be there. With --apply the statements are run, as the user of the dbt target, who must own the ledger
    and the landing tables. Nothing is revoked. Run it again when sources or schemas are new.
    """
    roles = Roles(loader, transformer, reader, auditor)
    if roles == Roles():
        raise click.UsageError("name at least one role: --loader, --transformer, --reader or --auditor")
    script = grants_script(project, roles)
    if is_applied:
        apply_grants(project, script)
    click.echo(script)
