"""Files on their way into the workspace: https://docs.slack.dev/messaging/working-with-files#upload."""

import mimetypes
import secrets

from msgspec import Struct

from bot.playground.rules import RefusedError
from bot.playground.workspace import StoredFile, Workspace


class _Upload(Struct):
    file_id: str
    name: str
    length: int
    content: bytes | None = None


class FileShelf:
    """Upload addresses, and what was sent to them and is not shared yet."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._uploads: dict[str, _Upload] = {}

    def begin(self, name: str, length: int) -> tuple[str, str]:
        """A new upload: the key of its address and the file's id."""
        if not name or length <= 0:
            raise RefusedError("invalid_arguments")
        key = secrets.token_urlsafe(16)
        self._uploads[key] = _Upload(self._workspace.next_id("F"), name, length)
        return key, self._uploads[key].file_id

    def receive(self, key: str, content: bytes) -> bool:
        """Take the bytes for an address; False when it is unknown or they are not as many as announced."""
        upload = self._uploads.get(key)
        if upload is None or len(content) != upload.length:
            return False
        upload.content = content
        return True

    def finish(self, file_id: str, title: str, user: str) -> StoredFile:
        """Turn an upload into a file; one whose bytes never came is `file_not_found`."""
        for key, upload in self._uploads.items():
            if upload.file_id == file_id and upload.content is not None:
                del self._uploads[key]
                return self.store(upload.name, upload.content, user, title=title, file_id=file_id)
        raise RefusedError("file_not_found")

    def store(
        self, name: str, content: bytes, user: str, *, title: str = "", file_id: str = ""
    ) -> StoredFile:
        """Keep a file."""
        stored = StoredFile(
            id=file_id or self._workspace.next_id("F"),
            name=name,
            title=title or name,
            mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
            content=content,
            user=user,
            created=self._workspace.now_seconds,
        )
        self._workspace.files[stored.id] = stored
        return stored
