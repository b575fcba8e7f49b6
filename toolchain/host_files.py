"""The files by which static hosts learn what to send with the page:  python toolchain/host_files.py <site>

Written from the one table of ferrous_vm/static_server.py: `_headers` for Netlify and Cloudflare Pages, `.htaccess` for
Apache. A host that can set no header at all, like GitHub Pages, has the policy as a <meta> in the page, and isolation
from the service worker.
"""

from __future__ import annotations

import html
import sys
from collections.abc import Callable
from pathlib import Path

from ferrous_vm.static_server import (
    CONTENT_TYPES,
    ENCODINGS,
    HASHED_NAME,
    HEADERS,
    IMMUTABLE,
    OTHER_ENGINE,
    OTHER_ENGINE_POLICY,
    PAGE_POLICY,
    POLICIES,
    POLICY,
    REVALIDATE,
    UNFRAMABLE,
    policy_of,
)

HEED_A_POLICY = ("/", "/index.html", *POLICIES, "/service-worker.js", "/assets/*", f"{OTHER_ENGINE}*")
"""Documents and the scripts of workers, which heed a policy. Hosts join what several rules say, so no two may match."""


def netlify(hashed: list[str]) -> str:
    """`_headers`; these hosts compress by themselves, and have the page asked for again unless told otherwise."""
    common = "".join(f"  {name}: {value}\n" for name, value in HEADERS.items())
    policies = "".join(f"{path}\n  {POLICY}: {policy_of(path)}\n" for path in HEED_A_POLICY)
    return f"/*\n{common}{policies}" + "".join(f"/{name}/*\n  Cache-Control: {IMMUTABLE}\n" for name in hashed)


def apache(hashed: list[str]) -> str:
    """`.htaccess`, for mod_headers, mod_mime and mod_rewrite: also sends the files that were compressed in advance."""
    lines = [f'Header always set {name} "{value}"' for name, value in HEADERS.items()]
    lines += [
        f'Header always set {POLICY} "{PAGE_POLICY}"',
        f'Header always set {POLICY} "{OTHER_ENGINE_POLICY}" "expr=%{{REQUEST_URI}} =~ m#{OTHER_ENGINE}#"',
        *(
            f'Header always set {POLICY} "{policy}" "expr=%{{REQUEST_URI}} =~ m#{path}$#"'
            for path, policy in POLICIES.items()
        ),
        "Header merge Vary Accept-Encoding",
        f'Header set Cache-Control "{REVALIDATE}"',
        f'Header set Cache-Control "{IMMUTABLE}" "expr=%{{REQUEST_URI}} =~ m#/({"|".join(hashed)})/#"',
        "DirectoryIndex index.html",
        "RewriteEngine On",
    ]
    for suffix, kind in CONTENT_TYPES.items():
        lines.append(f'AddType "{kind}" {suffix}')
        for encoding, added in ENCODINGS.items():
            lines += [
                f"RewriteCond %{{HTTP:Accept-Encoding}} {encoding}",
                f"RewriteCond %{{REQUEST_FILENAME}}{added} -f",
                f'RewriteRule ^(.+\\{suffix})$ $1{added} [L,T="{kind}",E=no-gzip:1,E=no-brotli:1]',
            ]
    for encoding, added in ENCODINGS.items():
        lines += [f'<FilesMatch "\\{added}$">', f"  Header set Content-Encoding {encoding}", "</FilesMatch>"]
    return "\n".join(lines) + "\n"


WRITERS: dict[str, Callable[[list[str]], str]] = {"_headers": netlify, ".htaccess": apache}
"""The files of the hosts that read their headers from the site."""


def state_policy(page: Path) -> None:
    """Put the policy into the page. Raises ValueError when the page has no place for it."""
    text = page.read_text("utf-8")
    place = '<meta charset="utf-8">\n'
    if text.count(place) != 1:
        raise ValueError(f"{page} has no single {place.strip()}")
    policy = html.escape(policy_of(f"/{page.name}").replace(UNFRAMABLE, ""))
    page.write_text(text.replace(place, f'{place}<meta http-equiv="{POLICY}" content="{policy}">\n'), "utf-8")


def main(site: Path) -> None:
    """Write what the hosts read, and the policy into the page."""
    hashed = sorted(entry.name for entry in site.iterdir() if entry.is_dir() and holds_hashed(site, entry))
    for name, write in WRITERS.items():
        (site / name).write_text(write(hashed), "utf-8")
    for document in ("index.html", *(path.removeprefix("/") for path in POLICIES if path.endswith(".html"))):
        state_policy(site / document)


def holds_hashed(site: Path, directory: Path) -> bool:
    """Whether everything in `directory` carries a hash in its path."""
    return all(HASHED_NAME.search(str(file.relative_to(site))) for file in directory.iterdir())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
