<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('%1 as PDF', @title)"/></xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}">
      <a href="/volumes"><xsl:value-of select="t:t('Volumes')"/></a>
      <a href="{@href}"><xsl:value-of select="@title"/></a>
    </nav>
    <h1><xsl:call-template name="title"/></h1>
    <p class="notice" role="status"><xsl:value-of select="t:n('The PDF of %1 page is being made. A thick volume takes some minutes.', 'The PDF of %1 pages is being made. A thick volume takes some minutes.', @pages)"/></p>
    <p><a href="{@href}/volume.pdf"><xsl:value-of select="t:t('Is it ready?')"/></a></p>
  </xsl:template>
</xsl:stylesheet>
